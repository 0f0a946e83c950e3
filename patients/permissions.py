"""Who may do what, and to whose record?

One table says which role may do which act, `patients.pages` which role opens which page. `patient_for` is the only way
to a patient; lists show `ward_patients`, which no broken glass widens.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from patients.models import BrokenGlass, Patient, Role, User, WallDisplay
from patients.models.patient import PatientQuerySet

CHARTS: Final = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN})
DECIDES: Final = frozenset({Role.PHYSICIAN})
ASSIGNED: Final = frozenset({Role.NURSE, Role.CHARGE_NURSE})  # who has patients for a shift
LEADS: Final = frozenset({Role.CHARGE_NURSE})
ADMINISTERS: Final = frozenset({Role.ADMIN})
READS: Final = CHARTS  # who sees patients at all: the administrator sets the ward, the auditor reads the audit trail
HANGS_SCREENS: Final = LEADS | ADMINISTERS

# The acts of `patients.actions`, by name.
MAY: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        "admit_patient": CHARTS,
        "readmit": CHARTS,
        "transfer": CHARTS,
        "discharge": CHARTS,
        "rename_patient": CHARTS,
        "change_facts": CHARTS,
        "record_measurement": CHARTS,
        "start_infusion": CHARTS,
        "record_dose_step": CHARTS,
        "record_infusion_event": CHARTS,
        "record_assessment": CHARTS,
        "give_treatment": CHARTS,
        "enter_result": CHARTS,
        "correct_row": CHARTS,
        "mark_entered_in_error": CHARTS,
        "undo": CHARTS,
        "take_back": CHARTS,
        "move_to_patient": CHARTS,
        "tick": CHARTS,
        "raise_concern": CHARTS,
        "pause_monitoring": CHARTS,
        "end_pause": CHARTS,
        "keep_draft": CHARTS,
        "drop_draft": CHARTS,
        "break_glass": CHARTS,
        "mend_glass": CHARTS,
        "assign": ASSIGNED,
        "unassign": ASSIGNED,
        "assign_ward": LEADS,
        "decide": DECIDES,
        "judge_severity": DECIDES,
        "sign": DECIDES,
        "acknowledge_concern": DECIDES,
        "choose_protocol": DECIDES,
        "record_death": DECIDES,
        "open_display": HANGS_SCREENS,
        "pair_display": HANGS_SCREENS,
        "revoke_display": HANGS_SCREENS,
        "change_ward_settings": ADMINISTERS,
        "open_ward": ADMINISTERS,
        "add_person": ADMINISTERS,
        "regrade": ADMINISTERS,
        "unlock": HANGS_SCREENS,
    }
)

# Whoever may do these acts corrects, moves, marks and undoes the rows that they wrote; of the kinds that are not named,
# whoever charts.
AMENDED_BY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "death": "record_death",
        "protocol": "choose_protocol",
        "decision": "decide",
        "signature": "sign",
        "acknowledgement": "acknowledge_concern",
        "assignment": "assign",
    }
)


def may(user: User, act: str) -> bool:
    """Whether the user's role allows the act. Raises `KeyError` on an act that the table does not name."""
    return user.is_active and user.role in MAY[act]


def require(user: User, act: str) -> None:
    """Raises `PermissionDenied` unless the user may."""
    if not may(user, act):
        raise PermissionDenied(f"A {user.get_role_display().lower()} may not {act.replace('_', ' ')}.")


def amending(kind: str) -> frozenset[Role]:
    """The roles that mark a row of this kind, a key of `models.correction.KINDS`."""
    return MAY["mark_entered_in_error"] & MAY[AMENDED_BY.get(kind, "mark_entered_in_error")]


def may_amend(user: User, kind: str) -> bool:
    """Whether the user's role allows marking a row of this kind."""
    return user.is_active and user.role in amending(kind)


def require_amending(user: User, kind: str) -> None:
    """Raises `PermissionDenied` unless the user may."""
    if not may_amend(user, kind):
        raise PermissionDenied(f"A {user.get_role_display().lower()} may not mark such a row.")


def ward_patients(user: User | AnonymousUser) -> PatientQuerySet:
    """The patients of the user's wards, those discharged from them too: what boards, lists and counts show."""
    if not _reads(user):
        return Patient.objects.none()
    return Patient.objects.on_wards(user.wards.all())


def patients_for(user: User | AnonymousUser) -> PatientQuerySet:
    """The patients whose record the user may open now: those of their wards, and those they broke glass for."""
    if not _reads(user):
        return Patient.objects.none()
    opened = BrokenGlass.objects.open(timezone.now()).filter(entered_by=user)
    return Patient.objects.on_wards(user.wards.all(), also=opened.values("patient"))


def _reads(user: User | AnonymousUser) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active and user.role in READS


def patients_on_wall(display: WallDisplay) -> PatientQuerySet:
    """The patients of the display's ward: a screen of it shows them without their names."""
    return Patient.objects.on_wards([display.ward])


def patient_for(user: User | AnonymousUser, pk: int) -> Patient:
    """The patient, with what a banner shows; raises `Http404` for one whom the user may not open (`patients_for`)."""
    patient = patients_for(user).present().filter(pk=pk).first()
    if patient is None:
        raise Http404("No such patient on your wards.")
    return patient
