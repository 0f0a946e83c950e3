"""Does a physician sign the grade at one assessment, and does the worklist ask for the right one?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading import record
from patients import actions
from patients.formats import shown_time
from patients.models import Infusion, Signature
from patients.models.words import OVERRIDE_REASONS
from patients.record import charted
from patients.signatures import ToSign, open_again, to_sign, worklist
from tests.patients.care import CALM, CANNULA, FEVER, PRESSOR, Care
from tests.patients.cast import a_patient, an_assessment, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def asked(care: Care) -> ToSign | None:
    return to_sign(care.infusion, care.graded(), list(Signature.objects.order_by("id")))


def test_a_signature_confirms_the_computed_grade(care: Care) -> None:
    made = care.sign(care.assess(1, **CANNULA), 2)
    assert (made.computed_grade, made.computed_at_most, made.confirmed_grade) == (2, 2, 2)
    assert (made.scale, made.protocol, made.overrides) == ("astct-2019", "review-2024", False)
    assert made.rules_version and made.settings_version


def test_an_override_erases_nothing(care: Care) -> None:
    row = care.assess(1, **CANNULA)
    made = care.sign(row, 3, reason="seen-not-charted", text="On a mask when I came.")
    assert (made.computed_grade, made.confirmed_grade, made.overrides) == (2, 3, True)
    assert care.grades()[-1][1] == 2


def test_grade_impression_and_confirmed_grade_are_three_things(care: Care) -> None:
    row = actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        assessment=record.Assessment(at=hours_ago(1), **CANNULA),
        at=hours_ago(1),
        impression=4,
    )
    made = care.sign(row, 3, reason="clinical-picture", text="Seen at the bedside.")
    assert (made.computed_grade, row.impression, made.confirmed_grade) == (2, 4, 3)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("reason", {"confirmed_grade": 3}),
        ("reason", {"confirmed_grade": 3, "text": "why"}),
        ("text", {"confirmed_grade": 3, "reason": "measurement", "text": " "}),
        ("reason", {"confirmed_grade": 2, "reason": "measurement", "text": "why"}),
        ("reason", {"confirmed_grade": 3, "reason": "because", "text": "why"}),
        ("confirmed_grade", {"confirmed_grade": 5, "reason": "measurement", "text": "why"}),
    ],
)
def test_an_override_needs_a_reason_and_a_text(care: Care, field: str, given: dict[str, Any]) -> None:
    row = care.assess(1, **CANNULA)
    with pytest.raises(actions.Refused) as raised:
        care.sign(row, **given)
    assert raised.value.errors.keys() == {field}


@pytest.mark.parametrize("reason", OVERRIDE_REASONS)
def test_an_override_takes_each_coded_reason(care: Care, reason: str) -> None:
    assert care.sign(care.assess(1, **CANNULA), 1, reason=reason, text="why").reason == reason


def test_a_nurse_signs_nothing(care: Care) -> None:
    row = care.assess(1, **CANNULA)
    with pytest.raises(PermissionDenied):
        actions.sign(by=care.nurse, submission_id=uuid4(), assessment=row, confirmed_grade=2, basis=care.facts(row))


def test_what_changed_under_the_physician_is_not_signed(care: Care) -> None:
    row = care.assess(1, **CANNULA)
    seen = care.facts(row)
    new = care.correct(row, **PRESSOR)
    with pytest.raises(actions.FactsChanged) as raised:
        care.sign(row, 2, basis=seen)
    assert raised.value.changed == ("this assessment no longer stands",)
    with pytest.raises(actions.FactsChanged) as raised:
        care.sign(new, 3, basis=seen)
    assert raised.value.changed == ("the grade is 3, was 2",)
    assert not Signature.objects.exists()


def test_what_another_physician_signed_meanwhile_is_not_signed_over_unseen(care: Care) -> None:
    row = care.assess(1, **CANNULA)
    first = care.sign(row, 3, reason="clinical-picture", text="worse than charted", signed=None)
    with pytest.raises(actions.FactsChanged) as raised:
        care.sign(row, 2, signed=None)
    at = shown_time(first.entered_at)
    assert raised.value.changed == (
        f"{care.physician} signed grade 3 at {at}: The clinical picture as a whole, worse than charted",
    )
    assert list(Signature.objects.all()) == [first]
    care.sign(row, 2, signed=first.pk)


def test_what_was_seen_before_the_infusion_has_no_grade_to_sign(care: Care) -> None:
    row = care.assess(60, **CALM)
    with pytest.raises(actions.Refused, match="before the infusion"):
        care.sign(row, 0, basis={})


def test_a_fact_that_changes_opens_the_signature_again(care: Care) -> None:
    first = care.assess(3, **CANNULA)
    care.assess(2, **FEVER)
    made = care.sign(first, 2)
    assert not open_again(made, care.graded())
    late = care.assess(4, temperature_c=Decimal("40.0"))  # a late entry from before: no value under the signature
    assert not open_again(made, care.graded())
    care.withdraw(late)
    new = care.correct(first, temperature_c=Decimal("40.1"))
    assert open_again(made, care.graded())
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == new
    assert wanted.why[0] == "what was signed has changed: the assessment was corrected"
    care.sign(new, 2)
    wanted = asked(care)
    assert wanted is None or wanted.reopened is None


def test_a_late_entry_that_changes_a_value_under_it_opens_it_again(care: Care) -> None:
    care.assess(4, **CANNULA)
    signed = care.assess(2, temperature_c=Decimal("38.5"))  # the cannula is in force from before
    made = care.sign(signed, 2)
    care.assess(3, oxygen=CANNULA["oxygen"])
    assert open_again(made, care.graded())
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == signed
    assert wanted.reopened is not None and wanted.reopened.changed == ("a value behind it is another",)


def test_the_worklist_asks_for_the_highest_which_covers_the_lower_ones_before_it(care: Care) -> None:
    care.assess(6, **FEVER)
    care.assess(5, **CANNULA)
    highest = care.assess(4, **PRESSOR)
    care.assess(3, **CANNULA)
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == highest
    assert wanted.unseen_since == hours_ago(6)
    care.sign(highest, 3)
    wanted = asked(care)  # the grade 2 after it waits still
    assert wanted is not None and (wanted.verdict.grade, wanted.unseen_since) == (2, hours_ago(3))
    care.sign(wanted.assessment, 2)
    assert asked(care) is None


def test_a_signature_of_a_lower_grade_covers_no_higher_one_before_it(care: Care) -> None:
    high = care.assess(4, **PRESSOR)
    care.sign(care.assess(3, **FEVER), 1)
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == high


def test_a_late_higher_grade_before_a_signature_is_asked_for(care: Care) -> None:
    care.sign(care.assess(2, **FEVER), 1)
    assert asked(care) is None
    late = care.assess(3, **PRESSOR)
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == late


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (FEVER, ("the grade rose to 1",)),
        (CANNULA, ("the grade rose to 2", "grade 2")),
        ({"systolic": Decimal(120)}, ("the grade is uncertain",)),
    ],
)
def test_the_worklist_says_why_it_asks(care: Care, values: dict[str, Any], why: tuple[str, ...]) -> None:
    care.assess(1, **values)
    wanted = asked(care)
    assert wanted is not None and wanted.why == why


def test_a_quiet_patient_is_not_on_the_worklist(care: Care) -> None:
    care.assess(1, **CALM)
    assert asked(care) is None


def test_the_worklist_stands_highest_first_then_longest_unseen_in_as_many_queries_for_any_number(care: Care) -> None:
    def another(n: int, hours: float, **values: Any) -> None:
        an_assessment(care.nurse, a_patient(care.nurse, care.ward, mrn=f"M{n}"), hours, **values)

    care.assess(3, **CANNULA)
    another(1, 1, **PRESSOR)
    another(2, 5, **CANNULA)
    another(3, 1, **CALM)

    def look() -> list[ToSign]:
        return worklist((one.infusion, one.graded()) for one in charted(Infusion.objects.standing()))

    with CaptureQueriesContext(connection) as few:
        found = look()
    assert [(one.verdict.grade, one.unseen_since) for one in found] == [
        (3, hours_ago(1)),
        (2, hours_ago(5)),
        (2, hours_ago(3)),
    ]
    for n in range(4, 12):
        another(n, 1, **CANNULA)
    with CaptureQueriesContext(connection) as many:
        assert len(look()) == 11
    assert len(many) == len(few)


def test_a_signature_on_a_withdrawn_assessment_asks_until_something_is_signed(care: Care) -> None:
    wrong = care.assess(3, **PRESSOR)
    care.sign(wrong, 3)
    care.withdraw(wrong)
    row = care.assess(2, **CALM)
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == row
    assert wanted.why == ("what was signed has changed: the assessment was corrected",)
    care.sign(row, 0)
    care.assess(1, **CALM)
    assert asked(care) is None


def test_a_retry_of_a_signature_is_one(care: Care) -> None:
    row = care.assess(1, **CANNULA)
    given: dict[str, Any] = {
        "by": care.physician,
        "submission_id": uuid4(),
        "assessment": row,
        "confirmed_grade": 2,
        "basis": care.facts(row),
    }
    first = actions.sign(**given)
    care.correct(row, temperature_c=Decimal("38.8"))
    assert actions.sign(**given) == first


def test_a_fact_that_changes_under_an_earlier_signature_is_asked_again_though_a_later_one_covers_it(care: Care) -> None:
    care.assess(5, **CANNULA)
    earlier = care.assess(4, temperature_c=Decimal("38.5"))  # the cannula is in force from before
    care.sign(earlier, 2)
    later = care.assess(3, **PRESSOR)
    care.sign(later, 3)
    assert asked(care) is None
    care.assess(4.5, oxygen=CANNULA["oxygen"])  # a late entry: another value is behind the earlier grade
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == earlier
    assert wanted.why[0] == "what was signed has changed: a value behind it is another"
    care.sign(earlier, 2)
    assert asked(care) is None


def test_a_signature_made_after_the_change_covers_what_changed(care: Care) -> None:
    care.assess(6, **CANNULA)
    signed = [care.assess(hours, temperature_c=Decimal("38.5")) for hours in (5, 4)]
    for row in signed:
        care.sign(row, 2)
    highest = care.assess(3, **PRESSOR)
    care.sign(highest, 3)
    care.assess(5.5, oxygen=CANNULA["oxygen"])
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == signed[1]
    care.sign(care.assess(2, **PRESSOR), 3)  # the highest, signed with the change on the record
    assert asked(care) is None


def test_a_corrected_assessment_is_asked_again_though_a_later_signature_covers_it(care: Care) -> None:
    earlier = care.assess(4, **CANNULA)
    care.sign(earlier, 2)
    care.sign(care.assess(3, **PRESSOR), 3)
    new = care.correct(earlier, heart_rate=Decimal(99))
    wanted = asked(care)
    assert wanted is not None and wanted.assessment == new
    assert wanted.why[0] == "what was signed has changed: the assessment was corrected"
    care.sign(new, 2)
    assert asked(care) is None
