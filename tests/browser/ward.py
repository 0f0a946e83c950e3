"""Which ward do the page tests look at? One with a patient for each state that a page must show."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from playwright.sync_api import Page

from grading import record
from patients import actions
from patients.models import Bed, Patient, User, Ward
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago

NOREPINEPHRINE = record.Vasopressor(agent="norepinephrine", rate=Decimal("0.3"), unit="mcg/kg/min")
ROOM_AIR = record.Oxygen(device="room-air")
CALM = {
    "temperature_c": Decimal("36.9"),
    "systolic": Decimal(118),
    "diastolic": Decimal(70),
    "spo2_percent": Decimal(97),
    "oxygen": ROOM_AIR,
    "vasopressors": (),
    "constitutional": (),
    "organ_toxicity": {},
    "ice_score": 10,
    "consciousness": "spontaneous",
    "seizure": "none",
}


@dataclass(frozen=True)
class Filled:
    """The ward and those on it whom the tests call by name."""

    ward: Ward
    smith: Patient  # grade 3, a tocilizumab dose given, allergies known
    smyth: Patient  # at least grade 2 and overdue, infusion interrupted, a name like Smith's, nothing known of her
    brown: Patient  # grade 0
    yamada: Patient  # no infusion


def fill(nurse: User, *others: User) -> Filled:
    """A ward on which everybody works."""
    ward = a_ward(nurse, "Hematology 4B")
    for user in others:
        user.wards.add(ward)
    beds = [ward.beds.get(), *(Bed.objects.create(ward=ward, label=str(number)) for number in range(2, 5))]
    smith = a_patient(
        nurse,
        ward,
        mrn="999 123 4567",
        family_name="Smith",
        given_name="John",
        bed=beds[0],
        facts=actions.Facts(
            birth_date=date(1980, 8, 14),
            sex="male",
            allergies="known",
            allergies_to=["penicillin", "contrast medium"],
            baseline_systolic=Decimal(124),
            baseline_diastolic=Decimal(78),
        ),
    )
    an_assessment(nurse, smith, 12, temperature_c=Decimal("39.6"), systolic=Decimal(92), diastolic=Decimal(50))
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=smith,
        drug="Actemra",
        dose=Decimal(560),
        unit="mg",
        route="iv",
        purpose="crs",
        at=hours_ago(11),
    )
    actions.enter_result(
        by=nurse,
        submission_id=uuid4(),
        patient=smith,
        analyte="crp",
        value=Decimal(215),
        unit="mg/L",
        upper_limit=Decimal(5),
        at=hours_ago(9),
    )
    an_assessment(
        nurse,
        smith,
        0.2,
        temperature_c=Decimal("38.9"),
        systolic=Decimal(88),
        diastolic=Decimal(46),
        spo2_percent=Decimal(92),
        oxygen=record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(5), for_hypoxia=True),
        vasopressors=(NOREPINEPHRINE,),
        note="second bolus refused",
    )
    smyth = a_patient(
        nurse,
        ward,
        mrn="999 123 4576",
        family_name="Smyth",
        given_name="Anna-Katharina",
        bed=beds[1],
        weight_kg=None,
        height_cm=None,
        facts=actions.Facts(birth_date=date(1972, 2, 3)),
        infusion=actions.NewInfusion(cause="bispecific", product="blinatumomab", started_at=hours_ago(30)),
    )
    an_assessment(nurse, smyth, 5, temperature_c=Decimal("38.2"), oxygen=record.Oxygen(device="nasal-cannula"))
    actions.record_infusion_event(
        by=nurse, submission_id=uuid4(), infusion=smyth.infusions.get(), action="interrupt", at=hours_ago(4)
    )
    brown = a_patient(nurse, ward, mrn="100 200 3003", family_name="Brown", given_name="Tom", bed=beds[2])
    an_assessment(nurse, brown, 1, **CALM)
    yamada = a_patient(
        nurse, ward, mrn="100 200 3004", family_name="Yamada", given_name="Ken", bed=beds[3], infusion=False
    )
    return Filled(ward, smith, smyth, brown, yamada)


def left_alone(page: Page) -> None:
    """What is opened next neither locks itself nor hears the server, whose clock does not jump with the browser's: it
    shows what a page says by itself as time passes."""
    page.route(re.compile(r"/(lock|live)\b[^/]*\.js"), lambda route: route.abort())
