"""Somebody comes to work here."""

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from patients.actions.act import WHOLE, Refused
from patients.actions.audit import note
from patients.models import Role, User, Ward
from patients.permissions import require


@transaction.atomic
def add_person(
    *,
    by: User | None,
    username: str,
    password: str,
    role: str,
    display_name: str = "",
    wards: Sequence[Ward] = (),
) -> User:
    """An account. Only the first one, an administrator's, is made by nobody. Raises `Refused`."""
    if by is not None:
        require(by, "add_person")
    elif User.objects.exists():
        raise Refused({WHOLE: "Somebody works here already: an administrator adds the next."})
    elif role != Role.ADMIN:
        raise Refused({"role": "The first person is an administrator, who adds the others."})
    person = User(username=username, role=role, display_name=display_name)
    person.set_password(password)
    errors: dict[str, str] = {}
    try:
        person.full_clean()
    except ValidationError as error:
        errors |= {field: " ".join(words) for field, words in error.message_dict.items()}
    try:
        validate_password(password, person)
    except ValidationError as error:
        errors["password"] = " ".join(error.messages)
    if errors:
        raise Refused(errors)
    person.save()
    person.wards.set(wards)
    note("account-added", by=by, details={"of": person, "role": role, "wards": sorted(ward.pk for ward in wards)})
    return person
