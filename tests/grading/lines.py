"""Which line of the case format do the reading tests begin with, and how is it changed and read?"""

import copy
import json
from typing import Any

from grading.casefile import Case, Rejected, read_line

EXAMPLE: dict[str, Any] = {
    "case": "example-1",
    "patient": {
        "age_years": 11,
        "sex": "female",
        "weight_kg": 36,
        "height_cm": 142,
        "baseline": {"systolic": 104, "diastolic": 62, "home_oxygen_l_min": None},
        "extensive_comorbidities": False,
        "long_term_glucocorticoid": False,
        "neutropenic": None,
    },
    "infusion": {"cause": "car-t", "product": "tisagenlecleucel", "started_at": "2026-03-01T10:00:00+00:00"},
    "events": [
        {
            "type": "assessment",
            "at": "2026-03-05T08:00:00+00:00",
            "temperature_c": 39.6,
            "heart_rate": 142,
            "respiratory_rate": 30,
            "systolic": 70,
            "diastolic": 40,
            "mean": None,
            "spo2_percent": 89,
            "hypotension": None,
            "fluid_bolus": True,
            "pressure_restored": None,
            "vasopressors": [
                {"agent": "norepinephrine", "rate": 0.1, "unit": "mcg/kg/min", "since": None, "for_hypotension": True}
            ],
            "oxygen": {"device": "nasal-cannula", "flow_l_min": 4, "fio2_percent": None, "for_hypoxia": True},
            "constitutional": ["headache", "nausea"],
            "organ_toxicity": {"renal": 1},
            "attributed_elsewhere": [],
            "life_threatening": None,
            "symptomatic_response": None,
            "ice_score": None,
            "capd_score": None,
            "consciousness": None,
            "seizure": None,
            "motor_weakness": None,
            "raised_icp": None,
            "neurology_not_assessed": None,
            "severe_grade_2": None,
            "crs_confirmed": None,
            "note": "",
        },
        {
            "type": "treatment",
            "at": "2026-03-05T08:30:00+00:00",
            "drug": "tocilizumab",
            "dose": 288,
            "unit": "mg",
            "route": "iv",
            "purpose": "crs",
        },
        {
            "type": "laboratory",
            "at": "2026-03-05T09:00:00+00:00",
            "analyte": "crp",
            "value": 215,
            "unit": "mg/L",
            "lower_limit": None,
            "upper_limit": 5,
        },
        {"type": "infusion", "at": "2026-03-05T09:00:00+00:00", "action": "interrupt"},
        {"type": "weight", "at": "2026-03-05T09:00:00+00:00", "weight_kg": 37},
        {"type": "death", "at": "2026-03-20T09:00:00+00:00", "due_to_crs": True},
    ],
}
ASSESSMENT = ("events", 0)
PRESSOR = (*ASSESSMENT, "vasopressors", 0)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The example with the value at `path` replaced."""
    document = copy.deepcopy(EXAMPLE)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return document


def without(*path: str | int) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLE)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return document


def read(document: Any) -> Case | Rejected:
    return read_line((document if isinstance(document, str) else json.dumps(document)).encode())


def case(document: Any) -> Case:
    answer = read(document)
    assert isinstance(answer, Case), answer
    return answer


def faults(document: Any) -> dict[str, str]:
    """Each fault's message by its path."""
    answer = read(document)
    assert isinstance(answer, Rejected)
    return {fault.path: fault.message for fault in answer.faults}


def minimal(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": "c",
        "patient": {"age_years": 40},
        "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00+00:00"},
        "events": list(events),
    }


def assessment(**fields: Any) -> dict[str, Any]:
    return {"type": "assessment", "at": "2026-03-02T10:00:00+00:00", **fields}


def pressors(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return minimal(assessment(vasopressors=list(rows), **fields))
