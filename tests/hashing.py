"""How are passwords kept in tests? As on a ward, by Argon2, at a cost that lets a test make many people."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
