"""How much is tried? A tenth of it, unless `FUZZ=full`: the generated examples of each property."""

import os
from collections.abc import Iterator
from typing import Final

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.fuzz.world import World

FULL: Final = os.environ.get("FUZZ") == "full"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Two wards, in a transaction that is rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
