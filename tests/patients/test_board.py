"""Who stands first on the board, and does each column say what counts now?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading import record
from grading.result import Verdict
from patients import actions
from patients.board import BoardRow, Trend, board_patients, board_rows
from patients.concerns import OpenConcern
from patients.models import Bed, Concern, Patient, User, Ward
from patients.shifts import shift_of
from patients.views.due import Due
from tests.patients.care import CALM, FEVER, PRESSOR
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago
from tests.patients.deciding import PRESSOR as PRESSOR_OF_ANY_RATE
from tests.patients.deciding import answer, seen
from tests.patients.pages import words_of

THEN = datetime(2026, 11, 21, 3, tzinfo=UTC)


def on_board(ward: Ward, now: datetime | None = None) -> list[BoardRow]:
    return board_rows(board_patients(Patient.objects.all(), [ward]), now or timezone.now())


def row_of(patient: Patient, now: datetime | None = None) -> BoardRow:
    ward = Patient.objects.get(pk=patient.pk).ward
    assert ward is not None
    return next(row for row in on_board(ward, now) if row.pk == patient.pk)


def names(rows: Sequence[BoardRow]) -> list[str]:
    return [row.name.partition(",")[0] for row in rows]


def another(nurse: User, ward: Ward, name: str, bed: str = "", **given: Any) -> Patient:
    place = Bed.objects.create(ward=ward, label=bed) if bed else None
    return a_patient(nurse, ward, mrn=name, family_name=name, bed=place, **given)


def board(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    return words_of(client.get(reverse("board") + query))


# --- The order: «unacknowledged concern, governing grade, its at most, rise, overdue, bed»


def _verdict(grade: int, at_most: int) -> Verdict:
    return Verdict("astct-2019", grade, at_most, (), (), None)


ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(1, 3),  # hours that a concern waits
        st.integers(0, 4),
        st.integers(0, 2),  # how much higher the at most is
        st.booleans(),  # rose
        st.booleans(),  # overdue
        st.integers(1, 12),
    ),
    min_size=2,
    max_size=12,
)


@pytest.fixture
def blank(nurse: User, patient: Patient) -> BoardRow:
    return row_of(patient)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=ROWS)
def test_concern_then_grade_then_at_most_then_rise_then_overdue_then_bed(
    rows: list[tuple[int | None, int, int, bool, bool, int]], blank: BoardRow
) -> None:
    made = [
        replace(
            blank,
            concerns=(_concern(waits),) if waits else (),
            verdict=_verdict(grade, min(grade + more, 4)),
            trend=Trend("rose" if rose else "fell", THEN, "1 h", grade, THEN, "at 02:00"),
            due=Due(THEN, overdue, "03:00"),
            bed=str(bed),
            bed_order=("Ward 7", False, [(0, bed, "")]),
        )
        for waits, grade, more, rose, overdue, bed in rows
    ]
    # The sentence read from its end: what is named later only decides among those that are alike before it.
    expected = sorted(zip(rows, made, strict=True), key=lambda one: one[0][5])
    expected.sort(key=lambda one: not one[0][4])
    expected.sort(key=lambda one: not one[0][3])
    expected.sort(key=lambda one: min(one[0][1] + one[0][2], 4), reverse=True)
    expected.sort(key=lambda one: one[0][1], reverse=True)
    expected.sort(key=lambda one: one[0][0] or 0, reverse=True)
    assert [row.urgency for row in sorted(made, key=lambda row: row.urgency)] == [row.urgency for _, row in expected]


def _concern(hours: int) -> OpenConcern:
    return OpenConcern(
        concern=Concern(why="Mottled"),
        patient=Patient(),
        raised_at=THEN - timedelta(hours=hours),
        minutes=hours * 60,
        overdue=True,
        overdue_after=10,
        contacts="",
    )


def test_who_has_no_grade_stands_after_every_grade_and_before_none_that_is_known(
    nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, another(nurse, ward, "Calm"), 1, **CALM)
    another(nurse, ward, "Waiting", infusion=False)
    an_assessment(nurse, another(nurse, ward, "Unsure"), 1, temperature_c=Decimal("37.0"), oxygen=CALM["oxygen"])
    an_assessment(nurse, another(nurse, ward, "Mild"), 1, **FEVER)
    an_assessment(nurse, another(nurse, ward, "Severe"), 1, **PRESSOR)
    order = names(on_board(ward))
    assert order[:2] == ["SEVERE", "MILD"]
    assert set(order[2:5]) == {"LINDQVIST", "WAITING", "UNSURE"}  # never assessed, no infusion, at least 0
    assert order[5:] == ["CALM"]


def test_beds_stand_in_the_order_of_their_numbers(nurse: User, ward: Ward) -> None:
    for bed in ("10", "2", "9A"):
        an_assessment(nurse, another(nurse, ward, f"In {bed}", bed), 1, **CALM)
    assert names(on_board(ward)) == ["IN 2", "IN 9A", "IN 10"]


def test_the_longest_waiting_concern_stands_first_at_any_grade_until_it_is_acknowledged(
    nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **PRESSOR)
    for name in ("First", "Second"):
        calm = another(nurse, ward, name)
        an_assessment(nurse, calm, 1, **CALM)
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=calm, why="Mottled knees", called="")
    assert names(on_board(ward)) == ["FIRST", "SECOND", "LINDQVIST"]
    for concern in Concern.objects.all():
        actions.acknowledge_concern(by=physician, submission_id=uuid4(), concern=concern)
    assert names(on_board(ward))[0] == "LINDQVIST"


def test_a_concern_that_waits_stays_on_the_board_after_the_discharge(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **FEVER)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="<b>Mottled</b> knees", called="")
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=None)
    an_assessment(nurse, another(nurse, ward, "Severe"), 1, **PRESSOR)
    assert names(on_board(ward)) == ["LINDQVIST", "SEVERE"]
    said = board(client, nurse)
    assert "Discharged" in said and "&lt;b&gt;Mottled&lt;/b&gt; knees" in said


def test_who_was_discharged_died_or_lies_elsewhere_is_not_on_the_board(
    nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    for name in ("Left", "Died", "Moved"):
        another(nurse, ward, name)
    gone = {one.family_name: one for one in Patient.objects.all()}
    actions.discharge(by=nurse, submission_id=uuid4(), patient=gone["Left"], at=None)
    actions.record_death(by=physician, submission_id=uuid4(), patient=gone["Died"], at=None, due_to_crs=False)
    actions.transfer(by=nurse, submission_id=uuid4(), patient=gone["Moved"], ward=a_ward(nurse, "Elsewhere"), at=None)
    assert names(on_board(ward)) == ["LINDQVIST"]


# --- The columns


def test_a_row_says_bed_name_age_therapy_day_grade_scale_and_each_sign_with_its_age(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 3, **FEVER)
    an_assessment(
        nurse, patient, 0.5, **PRESSOR | {"oxygen": record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))}
    )
    said = board(client, nurse)
    for words in (
        "1 LINDQVIST, Maja 46y",
        "D+2 CAR-T cells, axicabtagene ciloleucel",
        "Grade 3, severe",
        "ASTCT 2019",
        "rose , was 1 at",
        "Grade 0, none",  # ICANS
        "39.0 °C",
        "60 mmHg",
        "norepinephrine 0.1 mcg/kg/min",
        "norepinephrine equivalent 7 mcg/min",
        "nasal cannula 2 L/min",
        "30 min ago",
        "due in",
        "0 of 4",
        "labs due",
    ):
        assert words in said, words


def test_an_uncertain_grade_says_at_least_and_up_to(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 0.5, temperature_c=Decimal("39.4"))
    said = board(client, nurse)
    assert "At least grade 1, mild, up to 4" in said
    assert said.count("Not charted") == 3  # pressure, vasopressors, oxygen


def test_who_was_never_assessed_is_not_grade_0(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    another(nurse, ward, "Yamada", infusion=False)
    said = board(client, nurse)
    assert "Nothing charted since the infusion" in said
    assert "No infusion charted" in said
    assert "Grade 0" not in said


def test_past_its_window_a_value_is_unknown_and_past_its_round_it_is_old(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 3, temperature_c=Decimal("39.4"), spo2_percent=Decimal(97))
    an_assessment(nurse, patient, 0.5, **{k: v for k, v in PRESSOR.items() if k != "temperature_c"})
    now = timezone.now()
    row = row_of(patient, now)
    assert (row.temperature.state, row.pressure.state) == ("old", "current")  # at grade 3 the round is one hour
    later = row_of(patient, now + timedelta(hours=1.5))
    assert (later.temperature.state, later.pressure.state) == ("past", "old")
    assert later.temperature.lines == ("39.4 °C",) and not later.temperature.counts
    assert later.overtaken_at is not None and later.due is not None and later.due.overdue


def test_a_value_that_ran_out_before_the_last_assessment_is_not_shown_as_the_present_one(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 6, temperature_c=Decimal("39.4"))
    an_assessment(nurse, patient, 1, **{k: v for k, v in CALM.items() if k != "temperature_c"})
    assert row_of(patient).temperature.state == "past"
    assert "Not known last 39.4 °C, 6 h ago" in board(client, nurse)


def test_the_equivalent_of_what_is_known_says_or_more_and_one_norepinephrine_rate_is_not_said_twice(
    nurse: User, patient: Patient
) -> None:
    agents = (
        record.Vasopressor(agent="norepinephrine", rate=Decimal(10), unit="mcg/min"),
        record.Vasopressor(agent="epinephrine"),
    )
    an_assessment(nurse, patient, 1, **FEVER | {"vasopressors": agents})
    row = row_of(patient)
    assert row.vasopressors.lines == ("norepinephrine 10 mcg/min", "epinephrine, rate not charted")
    assert row.vasopressors.more == "equivalent 10 mcg/min or more"
    an_assessment(nurse, patient, 0.5, **FEVER | {"vasopressors": agents[:1]})
    assert row_of(patient).vasopressors.more == ""


def test_the_trend_is_the_last_change_for_a_shift_and_then_the_same(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 30, **FEVER)
    an_assessment(nurse, patient, 10, **PRESSOR)
    an_assessment(nurse, patient, 2, **PRESSOR)
    trend = row_of(patient).trend
    assert trend is not None
    assert (trend.direction, trend.was, trend.was_at, trend.since) == ("rose", 1, hours_ago(30), hours_ago(10))
    assert trend.was_words == "(30 h ago)"  # a clock alone would name another day's
    later = row_of(patient, timezone.now() + timedelta(hours=3)).trend
    assert later is not None and later.direction == "same"
    an_assessment(nurse, patient, 0.5, **FEVER)
    fell = row_of(patient).trend
    assert fell is not None and (fell.direction, fell.was) == ("fell", 3)
    assert fell.was_words.startswith("at ")


def test_open_decisions_are_those_that_nobody_decided_and_watches_that_are_over(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    seen(nurse, patient, 1, PRESSOR_OF_ANY_RATE)
    open_ = row_of(patient).open_decisions
    until = timezone.now().astimezone(ward.zone) + timedelta(hours=1)
    answer(client, patient, physician, "tocilizumab", answer="watching", watch_until=f"{until:%d-%b-%Y %H:%M}")
    assert row_of(patient).open_decisions == open_ - 1
    answer(client, patient, physician, "intensive-care", answer="declined", reason="already-done")
    assert row_of(patient).open_decisions == open_ - 2
    assert row_of(patient, until + timedelta(minutes=1)).open_decisions == open_ - 1


def test_the_ledger_says_how_many_of_how_many_and_from_when_the_next(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 8, **PRESSOR)
    for hours in (7.5, None):
        actions.give_treatment(
            by=nurse,
            submission_id=uuid4(),
            patient=patient,
            drug="tocilizumab",
            dose=Decimal(560),
            unit="mg",
            route="iv",
            at=None if hours is None else hours_ago(hours),
        )
    ledger = row_of(patient).tocilizumab
    assert ledger is not None and (ledger.given, ledger.allowed) == (2, 4)
    assert ledger.next_from is not None and ledger.next_from > timezone.now() + timedelta(hours=7)
    assert "2 of 4 from" in board(client, nurse)
    with time_machine.travel(timezone.now() + timedelta(hours=9), tick=False):
        assert "2 of 4 possible now" in board(client, nurse)


def test_off_the_ward_it_says_where_and_until_when_and_a_concern_warns(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 6, **FEVER)
    assert "Overdue" in board(client, nurse)
    an_assessment(nurse, patient, 0.9, **PRESSOR)
    actions.pause_monitoring(by=nurse, submission_id=uuid4(), patient=patient, reason="imaging", minutes=30)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        row = row_of(patient)
        assert row.due is not None and row.due.away and not row.due.overdue
        assert "In imaging until" in board(client, nurse)
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Grey", called="")
        assert "Away with a concern open" in board(client, nurse)


# --- Graded once a write


def test_a_retracted_assessment_is_gone_from_the_board_at_once(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 2, **CALM)
    wrong = an_assessment(nurse, patient, 1, **PRESSOR)
    row = row_of(patient)
    assert row.verdict is not None and row.verdict.grade == 3
    actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=wrong, reason="wrong-patient")
    row = row_of(patient)
    assert row.verdict is not None and row.verdict.grade == 0
    assert row.vasopressors.lines == ("none running",)


def test_one_write_grades_one_patient_anew_and_no_other(nurse: User, ward: Ward, patient: Patient) -> None:
    others = [another(nurse, ward, name) for name in ("Two", "Three")]
    for one in (patient, *others):
        an_assessment(nurse, one, 2, **FEVER)
    on_board(ward)

    def assessments_read() -> list[str]:
        with CaptureQueriesContext(connection) as seen_:
            on_board(ward)
        return [one["sql"] for one in seen_ if 'FROM "patients_assessment"' in one["sql"]]

    assert assessments_read() == []
    an_assessment(nurse, others[0], 1, **PRESSOR)
    read = assessments_read()
    assert read and all(f"IN ({others[0].pk})" in sql for sql in read)
    assert assessments_read() == []


def test_a_change_of_the_wards_settings_grades_its_courses_anew(
    nurse: User, admin: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 3, **FEVER)
    assert row_of(patient).temperature.counts
    actions.change_ward_settings(
        by=admin,
        submission_id=uuid4(),
        ward=ward,
        document={"windows": {"temperature": 60}},
        default_protocol="review-2024",
    )
    assert not row_of(patient).temperature.counts


# --- What the board may not deny


@pytest.mark.parametrize("infusion", [False, True])
def test_who_was_assessed_but_not_graded_is_never_said_to_be_never_assessed(
    client: Client, nurse: User, ward: Ward, infusion: bool
) -> None:
    course = actions.NewInfusion(cause="car-t", product="cells", started_at=hours_ago(0.1)) if infusion else False
    feverish = another(nurse, ward, "Ahlgren", infusion=course)
    an_assessment(nurse, feverish, 0.2, temperature_c=Decimal("40.1"))
    page = board(client, nurse)
    assert "Never assessed" not in page
    assert "40.1 °C 12 min ago" in page
    assert ("before the infusion" if infusion else "Not graded: no infusion") in page
    row = row_of(feverish)
    assert row.ungraded_at == hours_ago(0.2)
    assert (row.temperature.lines, row.temperature.state) == (("40.1 °C",), "current")
    assert row.oxygen.state == "never"
    # Each sign as charted last, with its own age; past the ward's window it is not known
    given = ((5, {"systolic": Decimal(80)}), (3, {"vasopressors": PRESSOR["vasopressors"]}), (2, {"vasopressors": ()}))
    for hours, values in given:
        an_assessment(nurse, feverish, hours, **values)
    row = row_of(feverish)
    assert row.vasopressors.lines == ("none running",) and row.vasopressors.at == hours_ago(2)
    assert (row.pressure.lines, row.pressure.state) == (("systolic 80 mmHg",), "past")
    assert row.ungraded_at == hours_ago(0.2)
    untouched = another(nurse, ward, "Berg", infusion=False)
    assert row_of(untouched).ungraded_at is None
    assert "Never assessed" in board(client, nurse)


def test_a_like_name_is_said_also_where_only_my_own_patients_are_shown(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    another(nurse, ward, "Lindquist", "9")
    shift = shift_of(ward, timezone.now()).start
    actions.assign(by=nurse, submission_id=uuid4(), patient=patient, nurse=nurse, shift=shift)
    mine = board(client, nurse, "?mine=1")
    assert "LINDQVIST" in mine
    assert "like name, LINDQUIST, Maja, bed 9" in mine
    assert "Like name on the ward" in words_of(client.get(reverse("my_patients")))
