"""How is the project set up under pytest? As in the mode `test`, whatever the environment says."""

import os

os.environ["CRSWEB_MODE"] = "test"
from crsweb.settings import *  # noqa: F403  # the mode must be set before

PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
