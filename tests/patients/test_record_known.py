"""What does a past moment look like as known then, and as known now?"""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.known import as_known_then, compared
from patients.models import Submission
from tests.patients.care import CALM, CANNULA, FEVER, PRESSOR, Care
from tests.patients.cast import hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def last_entry() -> datetime:
    return Submission.objects.latest("entered_at").entered_at


def test_a_late_entry_regrades_what_follows_and_leaves_what_was_known() -> None:
    care = Care()
    row = care.assess(2, temperature_c=Decimal("39.0"))
    moment = last_entry()
    care.assess(3, oxygen=CANNULA["oxygen"])
    late, seen = compared(care.infusion, moment)
    assert (late.then, late.differs) == (None, True)
    assert seen.assessment == row and seen.then is not None and seen.now is not None
    assert (seen.then.grade, seen.now.grade) == ((1, 4), (2, 4))
    assert "astct-2019" in seen.scales
    assert "judge-severity" in seen.appeared


def test_a_withdrawn_assessment_was_known_then_and_is_not_now(care: Care) -> None:
    row = care.assess(2, **PRESSOR)
    moment = last_entry()
    care.withdraw(row)
    [one] = compared(care.infusion, moment)
    assert one.then is not None and one.then.grade == (3, 3)
    assert (one.now, one.differs) == (None, True)
    after = last_entry()
    assert compared(care.infusion, after) == []


def test_a_corrected_assessment_stands_in_its_old_and_its_new_form(care: Care) -> None:
    row = care.assess(2, **PRESSOR)
    moment = last_entry()
    new = care.correct(row, **CALM)
    old, corrected = compared(care.infusion, moment)
    assert (old.assessment, old.now) == (row, None)
    assert (corrected.assessment, corrected.then) == (new, None)
    assert corrected.now is not None and corrected.now.grade == (0, 0)


def test_where_nothing_was_entered_since_nothing_differs(care: Care) -> None:
    care.assess(2, **CANNULA)
    moment = last_entry()
    care.assess(1, **FEVER)
    assert [one.differs for one in compared(care.infusion, moment)] == [False, True]
    assert [one.differs for one in compared(care.infusion, hours_ago(1.5))] == [True]


def test_what_was_known_under_an_infusion_corrected_since_is_found_again(care: Care) -> None:
    row = care.assess(2, **CANNULA)
    moment = last_entry()
    new = care.correct(care.infusion, lot="A1")
    known = as_known_then(new, moment)
    assert known[row.pk].grade == (2, 2)


def test_a_moment_is_read_in_as_many_queries_for_any_number_of_assessments(care: Care) -> None:
    care.assess(9, **FEVER)
    moment = last_entry()
    with CaptureQueriesContext(connection) as few:
        compared(care.infusion, moment)
    for hours in range(1, 6):
        care.assess(hours, **CANNULA)
    moment = last_entry()
    with CaptureQueriesContext(connection) as many:
        compared(care.infusion, moment)
    assert len(many) == len(few)
