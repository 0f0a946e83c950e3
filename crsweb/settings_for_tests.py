"""How is the project set up under pytest? As in the mode `test`, whatever the environment says."""

import os

os.environ["CRSWEB_MODE"] = "test"
from crsweb.settings import *  # noqa: F403  # the mode must be set before

PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]

# A test of the database is one transaction, however long it thinks between two statements.
for database in DATABASES.values():  # noqa: F405
    given = database["OPTIONS"].get("options", "")
    database["OPTIONS"]["options"] = f"{given} -c idle_in_transaction_session_timeout=0".strip()
