"""Which addresses are all the pages that a person can look at, and who looks at each?

One table for the tests that open every page and for `make screens`. The names are those of the site and the roles those
of `patients.pages`, so that a page which is added is looked at too; here stand the keys in its address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from patients import actions
from patients.displays import COOKIE, code_of
from patients.models import Concern, Decision, Patient, Role, User, Ward
from patients.models.correction import KINDS, patient_of
from patients.pages import Door, access_to
from patients.shifts import shift_of
from patients.urls import urlpatterns
from tests.patients.addresses import address
from tests.patients.deciding import answer, card, page_of
from tests.patients.test_views import ONLY_POSTED

LOOKS: Final = (Role.PHYSICIAN, Role.NURSE, Role.CHARGE_NURSE, Role.ADMIN, Role.AUDITOR)  # the first who may
# Parts of a page and files; what leads to another page; what is posted with a key of its own.
NO_PAGE: Final = frozenset(
    {
        "board_rows",
        "wall_rows",
        "patient_changed",
        "worklist_rows",
        "correct_assessment_verdict",
        "revoke_display",
        "end_pause",
        "presence",
        "entry",
    }
)
# Of one's own account; what is asked first whether one is still there is looked at in test_account.py.
ACCOUNT: Final = frozenset(
    {"account_change_password", "account_reauthenticate", "mfa_index", "mfa_list_webauthn", "usersessions_list"}
)
OF_ONE_KIND: Final = ("error", "move")  # the same page for any kind of row: looked at of an assessment
POSTED: Final = ("row", "undo", "restore")


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one role sees it."""

    name: str
    path: str
    role: Role


def visits(ward: Ward, patient: Patient, others: Sequence[Patient]) -> list[Visit]:
    """Every page, of `patient`; the pages of one row, of whichever of them has such a row."""
    found: list[Visit] = []
    for name in sorted(_names()):
        access = access_to(name)
        role = Role.PHYSICIAN if isinstance(access, Door) else next(one for one in LOOKS if one in access)
        found.append(Visit(name, _path(name, ward, patient, [patient, *others]), role))
    return found


def _names() -> set[str]:
    no_page = {f"{act}_{kind}" for act in POSTED for kind in KINDS}
    no_page |= {f"{act}_{kind}" for act in OF_ONE_KIND for kind in KINDS if kind != "assessment"}
    return {str(pattern.name) for pattern in urlpatterns} - no_page - ONLY_POSTED - NO_PAGE | ACCOUNT


def _path(name: str, ward: Ward, patient: Patient, everyone: list[Patient]) -> str:
    """The address of a page."""
    act, _, kind = name.partition("_")
    if act in ("correct", *OF_ONE_KIND) and kind in KINDS:
        return reverse(name, args=_row(act, kind, everyone))
    match name:
        case "acknowledge_concern":
            concern = Concern.objects.filter(patient__in=everyone).latest("id")
            return reverse(name, args=[concern.patient_id, concern.pk])
        case "give_accepted":
            decision = Decision.objects.filter(answer="accepted", infusion__patient__in=everyone).latest("id")
            return reverse(name, args=[decision.infusion.patient_id, decision.pk])
        case "chart_value":
            return reverse(name, args=[patient.pk, "temperature"])
        case "wall":
            return reverse(name)
    return address(name, patient, ward)


def _row(act: str, kind: str, everyone: list[Patient]) -> list[Any]:
    for row in KINDS[kind].objects.standing().order_by("-id"):
        if (patient := patient_of(row)) in everyone:
            return [patient.pk, row.pk]
    raise LookupError(f"{act}_{kind}: no patient here has such a row")


def furnish(nurse: User, physician: User, *, worrying: Patient, treated: Patient, dead: Patient) -> None:
    """Puts on record what some pages are about: a concern, a dose of an infusion, an accepted dose, a death, a nurse's
    patients, one of them off the ward."""
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=worrying, why="grey and sweating", called="the registrar"
    )
    infusion = worrying.infusions.get()
    actions.record_dose_step(
        by=nurse,
        submission_id=uuid4(),
        infusion=infusion,
        dose=Decimal(9),
        unit="mcg/day",
        at=infusion.started_at + timedelta(hours=1),
    )
    page = page_of(Client(), treated, physician)
    step = next(one for one in ("repeat-tocilizumab", "tocilizumab", "glucocorticoid") if card(page, one))
    said = answer(Client(), treated, physician, step, answer="accepted")
    assert (said.status_code, Decision.objects.count()) == (302, 1), said.content.decode()
    for one in (worrying, treated):
        assert one.ward is not None
        shift = shift_of(one.ward, timezone.now()).start
        actions.assign(by=nurse, submission_id=uuid4(), patient=one, nurse=nurse, shift=shift)
    actions.pause_monitoring(by=nurse, submission_id=uuid4(), patient=treated, reason="imaging", minutes=30)
    actions.record_death(by=physician, submission_id=uuid4(), patient=dead, due_to_crs=False)


def let_in(screen: Page, site: str, charge_nurse: User, ward: Ward) -> None:
    """Makes of a browser that nobody is signed in to a display of the ward."""
    display = actions.open_display(by=charge_nurse, submission_id=uuid4(), ward=ward, label="Corridor")
    token = actions.pair_display(submission_id=uuid4(), code=code_of(display))
    screen.context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
