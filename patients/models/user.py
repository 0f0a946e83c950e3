"""Who works here, as what, and on which wards?"""

from django.contrib.auth.models import AbstractUser
from django.db import models

from patients.models.constraints import one_of


class Role(models.TextChoices):
    NURSE = "nurse", "Nurse"
    CHARGE_NURSE = "charge-nurse", "Charge nurse"
    PHYSICIAN = "physician", "Physician"
    ADMIN = "admin", "Administrator"
    AUDITOR = "auditor", "Auditor"


class User(AbstractUser):
    """A person who signs in. Sees the patients of `wards`; may what `patients.permissions` says of `role`."""

    role = models.CharField(max_length=20, choices=Role)
    display_name = models.CharField(max_length=80, blank=True)
    wards = models.ManyToManyField("patients.Ward", related_name="staff", blank=True)

    REQUIRED_FIELDS = ["role"]

    class Meta:
        constraints = (one_of("role", Role.values, name="user_role_known"),)

    def __str__(self) -> str:
        return self.display_name or self.get_full_name() or self.username
