"""Does the record hold where the clocks do not? Both nights of summer time, and a server whose clock is set.

The database's clock is set too: where its functions are looked for first, they say what the test says.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from crsweb import roles
from grading import record
from patients.models import Assessment, StoredVerdict
from tests.patients.assess import Form
from tests.patients.care import CANNULA, FEVER, Care
from tests.patients.cast import hours_ago
from tests.patients.pages import words_of

SetClock = Callable[[datetime], None]
AUTUMN = datetime(2026, 10, 25, tzinfo=UTC)  # 02:00 in Berlin, for the first time; an hour later for the second
SPRING = datetime(2026, 3, 29, tzinfo=UTC)  # 01:00 in Berlin; an hour later it is 03:00
PAGES = ("patient_detail", "timeline", "handover", "assessments", "history", "scales_over_time", "course_summary")


@pytest.fixture
def set_clock(transactional_db: None) -> Iterator[SetClock]:
    """Sets the clock of the server and that of its database; both stand still."""
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA fixed")
        for function in ("clock_timestamp", "statement_timestamp", "now"):
            cursor.execute(
                f"CREATE FUNCTION fixed.{function}() RETURNS timestamptz LANGUAGE sql STABLE"
                " AS $$ SELECT current_setting('crsweb.clock')::timestamptz $$"
            )
        cursor.execute(f"GRANT USAGE ON SCHEMA fixed TO {roles.APPLICATION}")
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET search_path = fixed, public, pg_catalog")
    connection.close()
    with time_machine.travel(AUTUMN, tick=False) as traveller:

        def set_to(moment: datetime) -> None:
            traveller.move_to(moment)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('crsweb.clock', %s, false)", [moment.isoformat()])

        yield set_to


def governing(care: Care) -> tuple[int | None, int | None]:
    latest = care.graded().latest
    assert latest is not None and latest.verdict is not None
    return latest.verdict.grade, latest.verdict.at_most


def all_pages_answer(care: Care) -> str:
    client = Client()
    client.force_login(care.physician)
    answers = [client.get(reverse(page, args=[care.patient.pk])) for page in PAGES]
    answers.append(client.get(reverse("board")))
    assert {answer.status_code for answer in answers} == {200}
    return " ".join(map(words_of, answers))


def stands_as_graded(care: Care) -> None:
    for graded in care.graded().assessments:
        row = graded.assessment.ref
        assert isinstance(row, Assessment)
        for verdict in graded.verdicts.values():
            last = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
            assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)


@pytest.mark.parametrize("night", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_windows_and_what_is_due_count_hours_that_pass_and_not_those_of_the_ward_s_clock(
    night: datetime, set_clock: SetClock
) -> None:
    charted = night + timedelta(minutes=55)
    set_clock(charted)
    care = Care()
    care.assess(None, temperature_c=Decimal("38.6"), oxygen=record.Oxygen(device="room-air"))
    assert care.graded().assessments[-1].due_at == charted + timedelta(minutes=15)  # grade 4 is not ruled out
    set_clock(charted + timedelta(hours=4))
    care.assess(None, note="asleep")
    assert governing(care)[0] == 1  # its end is within the window
    set_clock(charted + timedelta(hours=4, minutes=1))
    care.assess(None, note="asleep")
    assert governing(care)[0] == 0
    all_pages_answer(care)
    stands_as_graded(care)


@pytest.mark.parametrize("night", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_three_hours_of_a_vasopressor_are_three_hours_in_either_night(night: datetime, set_clock: SetClock) -> None:
    set_clock(night)
    care = Care()
    high = (record.Vasopressor(agent="norepinephrine", rate=Decimal(22), unit="mcg/min"),)
    lee = []
    for minutes in (0, 90, 179, 180):
        set_clock(night + timedelta(minutes=minutes))
        care.assess(None, **FEVER | {"vasopressors": high, "systolic": Decimal(85), "mean": Decimal(60)})
        lee.append(care.graded().assessments[-1].verdicts["lee-2014"].grade)
    assert lee == [2, 2, 2, 3]
    stands_as_graded(care)


def test_the_hour_that_comes_twice_is_asked_for_and_both_are_told_apart_on_every_page(set_clock: SetClock) -> None:
    set_clock(AUTUMN + timedelta(hours=1, minutes=50))
    care = Care()
    form = Form(care.nurse, care.patient).fill(temperature="38.6", seen_at="25-Oct-2026 02:30")
    asked = form.record()
    assert asked.status_code == 422
    assert "02:30 came twice on that day" in words_of(asked)
    for order, minutes in (("first", 30), ("second", 90)):
        form = Form(care.nurse, care.patient).fill(temperature="38.6", seen_at=f"25-Oct-2026 02:30 {order}")
        assert form.record().status_code == 302
        assert Assessment.objects.latest("id").at == AUTUMN + timedelta(minutes=minutes)
    said = all_pages_answer(care)
    assert "02:30, first" in said and "02:30, second" in said


def test_the_hour_that_the_spring_night_leaves_out_is_no_time_of_an_entry(set_clock: SetClock) -> None:
    set_clock(SPRING + timedelta(hours=2))
    care = Care()
    refused = Form(care.nurse, care.patient).fill(temperature="38.6", seen_at="29-Mar-2026 02:30").record()
    assert refused.status_code == 422
    assert "02:30 did not exist on that day" in words_of(refused)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("step", [timedelta(seconds=-2), timedelta(hours=1)], ids=["2 s back", "1 h forward"])
def test_a_clock_that_is_set_between_two_entries_changes_neither_their_order_nor_a_grade(
    step: timedelta, set_clock: SetClock
) -> None:
    began = AUTUMN + timedelta(days=30)
    set_clock(began)
    care = Care()
    first = care.assess(None, **FEVER)
    set_clock(began + step)
    second = care.assess(None, **CANNULA)
    set_clock(began + timedelta(minutes=1))  # and is put right again
    third = care.assess(None, **FEVER)
    assert first.entered_at < second.entered_at < third.entered_at
    assert [one.at for one in (first, second, third)] == [began, began + step, began + timedelta(minutes=1)]
    all_pages_answer(care)
    stands_as_graded(care)


@pytest.mark.django_db
def test_what_is_entered_a_day_late_grades_all_that_follows_anew_and_what_was_known_then_stays() -> None:
    care = Care()
    later = care.assess(1, **CANNULA | {"temperature_c": Decimal("37.0")})
    assert governing(care) == (0, 0)  # no fever, and nothing that waives it
    before = list(StoredVerdict.objects.filter(assessment=later).order_by("id").values_list("pk", "grade"))
    care.assess(25, **FEVER)
    late = care.give("tocilizumab", 24, purpose="crs")
    assert late.at == hours_ago(24)
    assert governing(care)[0] == 2
    stands_as_graded(care)
    after = list(StoredVerdict.objects.filter(assessment=later).order_by("id").values_list("pk", "grade"))
    assert after[: len(before)] == before and len(after) > len(before)
