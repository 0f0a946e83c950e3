"""On which wards, people and rows does the fuzz work? Two wards with rows of every kind; the second is nobody's here.

All that identifies the patient of the second ward is in `CANARIES`: none of it may ever reach the people of the first.
"""

from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.apps import apps
from django.db import models
from django.test import Client

from patients import actions
from patients.models import Patient, Role, Submission, User
from patients.models.correction import KINDS
from tests.patients.care import Care
from tests.patients.cast import a_patient, a_user, a_ward, hours_ago
from tests.patients.marked import rows_that_no_form_corrects

FAMILY, GIVEN, PRODUCT, NOTE, LOT = "Quibblewood", "Xanthippe", "canarileucel", "lilac pyjamas", "LOT-CANARY"
CANARIES: Final = (FAMILY, GIVEN, PRODUCT, NOTE, LOT)
NUMBER_ELSEWHERE: Final = "447 118 0822"


class Side(Care):
    """One ward with a nurse, a physician, and a patient of whom there is a row of every kind."""

    def __init__(self, ward: str, mrn: str, family: str, given: str, product: str, note: str, lot: str) -> None:
        self.nurse = a_user(f"nurse of {ward}")
        self.physician = a_user(f"physician of {ward}", Role.PHYSICIAN)
        self.ward = a_ward(self.nurse, ward)
        self.physician.wards.add(self.ward)
        self.patient = a_patient(
            self.nurse,
            self.ward,
            mrn=mrn,
            family_name=family,
            given_name=given,
            bed=self.ward.beds.get(),
            infusion=actions.NewInfusion(cause="car-t", product=product, started_at=hours_ago(48), lot=lot),
        )
        rows_that_no_form_corrects(self)
        self._chart(note)
        self.patient = Patient.objects.get(pk=self.patient.pk)
        actions.rename_patient(
            by=self.nurse,
            submission_id=uuid4(),
            patient=self.patient,
            mrn=mrn,
            family_name=family,
            given_name=given,
        )
        self.dead = a_patient(self.nurse, self.ward, mrn=f"{mrn} 1", family_name=family, given_name=given)
        actions.record_death(by=self.physician, submission_id=uuid4(), patient=self.dead, due_to_crs=False)
        self.gone = a_patient(self.nurse, self.ward, mrn=f"{mrn} 2", family_name=family, given_name=given)
        actions.discharge(by=self.nurse, submission_id=uuid4(), patient=self.gone, at=hours_ago(0.1))
        actions.open_display(
            by=a_user(f"charge nurse of {ward}", Role.CHARGE_NURSE),
            submission_id=uuid4(),
            ward=self.ward,
            label="Corridor",
        )

    def _chart(self, note: str) -> None:
        own: dict[str, Any] = {"by": self.nurse}
        start = self.infusion.started_at
        actions.record_dose_step(
            **own, submission_id=uuid4(), infusion=self.infusion, dose=Decimal(9), unit="mcg/day", note=note, at=start
        )
        for action, hours in (("interrupt", 5), ("resume", 4)):
            actions.record_infusion_event(
                **own,
                submission_id=uuid4(),
                infusion=self.infusion,
                action=action,
                note=note,
                at=hours_ago(hours),
            )
        actions.enter_result(
            **own,
            submission_id=uuid4(),
            patient=self.patient,
            analyte="crp",
            value=Decimal(215),
            unit="mg/L",
            at=hours_ago(3),
        )
        self.give("tocilizumab", 2.5, purpose="crs", note=note)
        self.assess(2, temperature_c=Decimal("38.6"), note=note)


class World:
    """Two sides, and a browser for each role of the first, for somebody of the second, and for nobody."""

    def __init__(self) -> None:
        self.here = Side("Ward 7", "999 123 4567", "Lindqvist", "Maja", "tisagenlecleucel", "slept well", "B-17")
        self.there = Side("Ward 9", NUMBER_ELSEWHERE, FAMILY, GIVEN, PRODUCT, NOTE, LOT)
        self.people = {role.value: self._person(role) for role in Role}
        self.clients = {name: _client(user) for name, user in self.people.items()} | {
            "signed out": Client(),
            "of no ward": _client(a_user("of no ward", Role.PHYSICIAN)),
        }
        self.used_before = str(Submission.objects.earliest("entered_at").pk)

    def _person(self, role: Role) -> User:
        user = a_user(f"a {role.label.lower()}", role)
        user.wards.add(self.here.ward)
        return user

    def keys(self, name: str, kind: str, side: Side) -> list[int]:
        """The keys that a part of an address named so can have on that side; of what is no row of ours, none.

        `kind`: of the rows of an address that is about one kind, that kind (`KINDS`), else empty.
        """
        if name == "pk":
            return [side.patient.pk, side.patient.pk, side.patient.pk, side.dead.pk, side.gone.pk]
        model = _model(name, kind)
        if model is None:
            return []
        if model is User:
            return [user.pk for user in (self.people.values() if side is self.here else (side.nurse, side.physician))]
        if model._meta.model_name == "walldisplay":
            return [one.pk for one in side.ward.displays.all()]
        found = [row.pk for row in model._default_manager.all() if _is_of(row, side)]
        return sorted(found)


def _model(name: str, kind: str) -> type[models.Model] | None:
    if name == "row":
        return KINDS.get(kind)
    named = {"course": "infusion", "display": "walldisplay"}.get(name, name)
    return next((one for one in apps.get_app_config("patients").get_models() if one._meta.model_name == named), None)


def _is_of(row: models.Model, side: Side) -> bool:
    """Whether a row is about a patient of that side, by whichever way it leads to one."""
    for way in ("patient", "infusion", "concern", "pause", "ward"):
        about = getattr(row, way, None)
        if isinstance(about, Patient):
            return about in (side.patient, side.dead, side.gone)
        if isinstance(about, models.Model):
            return about == side.ward if way == "ward" else _is_of(about, side)
    return False


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
