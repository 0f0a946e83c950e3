"""How do a site's people and wards come to be? The first is an administrator; nothing is there before."""

import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from patients import actions
from patients.models import AuditEntry, Role, User, Ward
from tests.patients.cast import a_user, a_ward

pytestmark = pytest.mark.django_db

PASSWORD = "eleven quiet herons"


def typed(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


def test_a_new_site_gets_its_administrator_ward_and_nurse(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch)
    call_command("add_person", "root", "--role=admin", "--password-from-input", verbosity=0)
    call_command(
        "open_ward", "Ward 7", "--time-zone=Europe/Berlin", "--protocol=lee-2014", "--bed=1", "--bed=2", "--by=root"
    )  # fmt: skip
    typed(monkeypatch)
    call_command(
        *("add_person", "ada", "--role=nurse", "--display-name=Ada Berg"),
        *("--ward=Ward 7", "--by=root", "--password-from-input"),
    )
    nurse = User.objects.get(username="ada")
    assert nurse.check_password(PASSWORD)
    root, made = User.objects.get(username="root"), AuditEntry.objects.filter(event="account-added").order_by("id")
    wards = [ward.pk for ward in nurse.wards.all()]
    assert [(one.by, one.details) for one in made] == [
        (None, {"of": root.pk, "role": "admin", "wards": []}),
        (root, {"of": nurse.pk, "role": "nurse", "wards": wards}),
    ]
    assert (str(nurse), nurse.role, [ward.name for ward in nurse.wards.all()]) == ("Ada Berg", "nurse", ["Ward 7"])
    ward = Ward.objects.get()
    assert (ward.current.default_protocol, [bed.label for bed in ward.beds.all()]) == ("lee-2014", ["1", "2"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("add_person", "eve", "--role=nurse", "--password-from-input"), "an administrator adds the next"),
        (("add_person", "eve", "--role=nurse", "--by=nobody", "--password-from-input"), "Nobody is called nobody"),
        (("add_person", "eve", "--role=nurse", "--ward=Ward 9", "--by=cy", "--password-from-input"), "No ward Ward 9"),
        (("add_person", "cy", "--role=nurse", "--by=cy", "--password-from-input"), "username"),
        (("open_ward", "Ward 8", "--time-zone=Mars", "--protocol=lee-2014", "--by=cy"), "not a time zone"),
        (("open_ward", "Ward 8", "--time-zone=UTC", "--protocol=lee-2014", "--by=nobody"), "Nobody is called"),
    ],
)
def test_what_a_command_cannot_do_it_says(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], said: str) -> None:
    a_user("cy", Role.ADMIN)
    typed(monkeypatch)
    with pytest.raises(CommandError, match=said):
        call_command(*command)
    assert (User.objects.count(), Ward.objects.count()) == (1, 0)


def test_the_first_person_is_an_administrator() -> None:
    with pytest.raises(actions.Refused) as refused:
        actions.add_person(by=None, username="ada", password=PASSWORD, role="nurse")
    assert refused.value.errors.keys() == {"role"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"role": "surgeon"}, "role"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_an_account_needs_a_name_a_role_and_a_good_password(change: dict[str, Any], field: str) -> None:
    admin = a_user("cy", Role.ADMIN)
    given = {"username": "ada", "password": PASSWORD, "role": "nurse"} | change
    with pytest.raises(actions.Refused) as refused:
        actions.add_person(by=admin, **given)
    assert refused.value.errors.keys() == {field}


def test_only_an_administrator_adds_people() -> None:
    physician = a_user("bo", Role.PHYSICIAN)
    with pytest.raises(PermissionDenied):
        actions.add_person(by=physician, username="ada", password=PASSWORD, role="nurse", wards=[a_ward(physician)])


def test_what_is_changed_of_an_account_at_a_shell_is_noted_and_never_its_values() -> None:
    nurse = a_user()
    since = AuditEntry.objects.count()
    nurse.save()
    nurse.last_login = timezone.now()
    nurse.save(update_fields=["last_login"])
    assert AuditEntry.objects.count() == since
    nurse.set_password("another ward, at dawn")
    nurse.save()
    nurse.role, nurse.is_active = Role.PHYSICIAN, False
    nurse.save()
    noted = AuditEntry.objects.filter(event="account-changed").order_by("id")
    changed = (["password"], ["is_active", "role"])
    assert [(one.by, one.details) for one in noted] == [(None, {"of": nurse.pk, "changed": what}) for what in changed]
