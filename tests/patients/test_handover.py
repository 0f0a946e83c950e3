"""Does each sentence of a handover say what the record says, as of now, and name the rows that it rests on?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from grading.record import Oxygen
from patients import actions
from patients.handover.case import Case, Sentence, cases, handed_over
from patients.handover.charted import not_recorded
from patients.handover.sbar import PARTS, Sbar, sbars
from patients.models import Patient
from patients.shifts import Shift, shift_before, shift_of
from tests.patients.care import CALM, CANNULA, FEVER, PRESSOR, Care
from tests.patients.cast import a_patient, charted, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def the_case(care: Care, patient: Patient | None = None) -> Case:
    found = Patient.objects.present().get(pk=(patient or care.patient).pk)
    return cases([found], timezone.now())[0]


def said(care: Care, part: str, patient: Patient | None = None, short: bool = False) -> list[Sentence]:
    case = the_case(care, patient)
    with timezone.override(case.ward.zone):
        return [one for one in PARTS[part](case) if (one.short if short else one.whole)]


def words(care: Care, part: str, **given: Any) -> str:
    return " ".join(one.text for one in said(care, part, **given))


def the_one(care: Care, part: str, beginning: str) -> Sentence:
    found = [one for one in said(care, part) if one.text.startswith(beginning)]
    assert len(found) == 1, [one.text for one in said(care, part)]
    return found[0]


def the_sbar(care: Care, short: bool = False) -> Sbar:
    patient = Patient.objects.present().get(pk=care.patient.pk)
    return sbars([patient], timezone.now(), short=short)[0]


# --- Situation


def test_the_grade_stands_with_its_scale_its_word_and_when_it_was_seen(care: Care) -> None:
    row = care.assess(0.5, **PRESSOR)
    grade = the_one(care, "Situation", "ASTCT 2019, governing: grade 3, severe, seen ")
    assert "(30 min ago)" in grade.text
    assert grade.rows == (row,)
    assert not grade.missing


def test_an_uncertain_grade_is_at_least_and_at_most_and_says_what_to_chart(care: Care) -> None:
    care.assess(0.5, **FEVER | {"oxygen": Oxygen(device="nasal-cannula"), "spo2_percent": Decimal(91)})
    assert "at least grade 2, moderate, at most grade 3" in words(care, "Situation")
    asked = the_one(care, "Assessment", "To settle between grade 2 and grade 3, chart ")
    assert "the oxygen flow" in asked.text
    assert asked.missing


def test_an_uncertain_grade_0_has_no_good_word(care: Care) -> None:
    care.assess(0.5, oxygen=Oxygen(device="nasal-cannula", flow_l_min=Decimal(2)))
    grade = the_one(care, "Situation", "ASTCT 2019, governing: at least grade 0, up to ")
    assert "none" not in grade.text


def test_not_assessed_is_not_grade_0(care: Care) -> None:
    assert "Not assessed since the infusion. Not assessed is not grade 0." in words(care, "Situation")
    assert "grade 0," not in words(care, "Situation")


def test_without_an_infusion_nothing_is_graded_and_what_was_charted_is_not_forgotten(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="1002", infusion=False)
    actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=other,
        assessment=replace(charted(), heart_rate=Decimal(88)),
        at=hours_ago(30),
    )
    assert "No infusion is charted: nothing is graded." in words(care, "Situation", patient=other)
    left = next(one for one in said(care, "Assessment", patient=other) if one.text.startswith("Not recorded"))
    assert "heart rate, since " in left.text
    assert "temperature, never" in left.text


def test_the_trend_names_the_grade_before_and_since_when_it_is_another(care: Care) -> None:
    before = care.assess(6, **FEVER)
    since = care.assess(4, **CANNULA)
    care.assess(1, **CANNULA)
    trend = the_one(care, "Situation", "Up from grade 1, mild, ")
    assert "(6 h ago)" in trend.text
    assert "; so since " in trend.text
    assert trend.rows == (before, since)
    care.assess(0.2, **FEVER)
    assert the_one(care, "Situation", "Down from grade 2, moderate, ")


def test_a_grade_that_the_clock_has_overtaken_is_not_told_as_it_were_new(care: Care) -> None:
    care.assess(5, **FEVER)
    overtaken = [one for one in said(care, "Situation") if one.text.startswith("Overtaken by the clock since ")]
    assert any("Temperature (39.0 °C, fever) no longer counts: chart it again." in one.text for one in overtaken)
    assert all(one.missing and one.short for one in overtaken)
    assert "The grade may no longer hold: chart an assessment." in words(care, "Situation", short=True)


def test_a_concern_that_waits_says_how_long_why_and_who_was_called(care: Care) -> None:
    actions.raise_concern(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        why="breathing harder",
        called="Dr. Adeyemi",
        answered="",
    )
    concern = the_one(care, "Situation", "Concern, not acknowledged for under 1 min: «breathing harder», ada, ")
    assert concern.text.endswith("; called: Dr. Adeyemi.")
    assert concern.short


def test_who_is_off_the_ward_is_said_to_be(care: Care) -> None:
    actions.pause_monitoring(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        reason="imaging",
        text="",
        at=hours_ago(0.2),
        until=timezone.now() + timedelta(minutes=30),
    )
    assert "Off the ward. In imaging, since " in words(care, "Situation", short=True)


def test_a_death_ends_what_is_due_and_suggested(care: Care) -> None:
    care.assess(2, **PRESSOR)
    actions.record_death(
        by=care.physician, submission_id=uuid4(), patient=care.patient, due_to_crs=False, at=hours_ago(1)
    )
    assert "Died " in words(care, "Situation")
    assert "Next reassessment" not in words(care, "Recommendation")
    assert "Open: " not in words(care, "Recommendation")
    assert "Not recorded this shift" not in words(care, "Assessment")


# --- Background


@pytest.mark.parametrize(
    ("allergies", "to", "sentence", "missing"),
    [
        ("known", ["penicillin", "latex"], "Allergies: penicillin, latex.", False),
        ("none-known", [], "Allergies: none known.", False),
        ("not-recorded", [], "Allergies: not recorded.", True),
        ("unavailable", [], "Allergies: unavailable.", True),
    ],
)
def test_allergies_are_one_of_four_states(allergies: str, to: list[str], sentence: str, missing: bool) -> None:
    born = actions.Facts(birth_date=hours_ago(24 * 365 * 40).date(), allergies=allergies, allergies_to=to)
    care = Care(facts=born)
    assert the_one(care, "Background", "Allergies:").text == sentence
    assert the_one(care, "Background", "Allergies:").missing is missing


def test_a_weight_that_is_not_known_is_said_and_none_is_guessed() -> None:
    care = Care(weight_kg=None)
    assert the_one(care, "Background", "Weight: not known").missing


def test_a_weight_over_7_days_old_says_so() -> None:
    care = Care(at=hours_ago(24 * 9))
    weight = the_one(care, "Background", "Weight 70 kg, ")
    assert "9 d ago: over 7 days old" in weight.text
    assert weight.missing


def test_ceilings_of_care_not_charted_are_not_none(care: Care) -> None:
    assert the_one(care, "Background", "Ceilings of care: not charted.").missing


def test_an_attribution_names_who_said_it_and_how_long_it_counts(care: Care) -> None:
    actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        assessment=replace(charted(), attributed_elsewhere=("fever",), temperature_c=Decimal("39.0")),
        at=hours_ago(1),
        attribution_reason="line infection",
    )
    held = the_one(care, "Background", "Attributed elsewhere: fever, ada ")
    assert ": line infection; until " in held.text
    assert held.text.endswith(" the grades leave it out.")
    assert words(care, "Situation").count("without fever: other cause") == 1


# --- Assessment


def test_values_that_count_stand_with_their_time_and_age_the_latest_first(care: Care) -> None:
    older = care.assess(1.5, **FEVER | {"spo2_percent": Decimal(97)})
    newer = care.assess(0.25, temperature_c=Decimal("38.4"))
    found = [one for one in said(care, "Assessment") if " ago): " in one.text or "older than its round" in one.text]
    assert "(15 min ago): temperature 38.4 °C, fever." in found[0].text
    assert found[0].rows == (newer,)
    assert "(1 h 30 min ago): " in found[1].text
    assert "SpO2 97%" in found[1].text
    assert "temperature" not in found[1].text
    assert found[1].rows == (older,)


def test_a_value_past_its_window_is_never_among_those_that_count(care: Care) -> None:
    care.assess(5, **FEVER | {"spo2_percent": Decimal(97)})
    care.assess(4.5, ice_score=9)
    gone = [one for one in said(care, "Assessment") if one.text.startswith("Counts no longer: ")]
    assert any(one.text.startswith("Counts no longer: temperature 39.0 °C, fever, charted ") for one in gone)
    assert all(one.missing for one in gone)
    counting = [one.text for one in said(care, "Assessment") if " ago)" in one.text and one not in gone]
    assert not any("temperature 39.0" in text or "SpO2 97%" in text for text in counting)


def test_each_sign_that_was_not_recorded_in_the_shift_stands_with_its_last_time(care: Care) -> None:
    row = care.assess(6, **FEVER)
    care.assess(1, heart_rate=Decimal(110))
    case = replace(the_case(care), shift=Shift(hours_ago(3), hours_ago(-9)))
    with timezone.override(case.ward.zone):
        (left,) = not_recorded(case)
        assert left.text.startswith(f"Not recorded this shift (from {case.clock(hours_ago(3))}): temperature, since ")
        assert f"temperature, since {case.clock(hours_ago(6))};" in left.text
    assert "respiratory rate, never" in left.text
    assert "heart rate" not in left.text
    assert left.rows == (row,)
    assert left.missing
    assert left.short


def test_within_an_hour_of_its_beginning_the_shift_before_is_handed_over(care: Care) -> None:
    shift = shift_of(care.ward, timezone.now())
    assert handed_over(care.ward, shift.start + timedelta(minutes=59)) == shift_before(care.ward, shift)
    assert handed_over(care.ward, shift.start + timedelta(hours=1)) == shift


def test_every_other_scale_and_the_maxima_are_told(care: Care) -> None:
    high = care.assess(3, **PRESSOR)
    care.assess(0.5, **FEVER)
    others = the_one(care, "Assessment", "The other scales, ")
    assert all(name in others.text for name in ("Lee 2014 ", "CTCAE v5.0 ", "CTCAE v4.03 "))
    maximum = the_one(care, "Assessment", "Maximum so far: ASTCT 2019 grade 3, ")
    assert high in maximum.rows


def test_a_maximum_says_how_high_it_may_have_been(care: Care) -> None:
    care.assess(3, **FEVER | {"vasopressors": None, "oxygen": None})
    maximum = the_one(care, "Assessment", "Maximum so far: ASTCT 2019 at least grade 1, ").text
    assert ", may have been up to 4; Lee 2014 at least grade 1, " in maximum


def test_no_onset_is_said_only_where_every_temperature_is_known(care: Care) -> None:
    assert the_one(care, "Background", "Onset not known: nothing has been charted since the infusion.").missing
    care.assess(3, **CALM)
    assert not the_one(care, "Background", "No onset: known to be without fever at every assessment.").missing
    care.assess(9, **CALM | {"temperature_c": None})
    assert the_one(care, "Background", "Onset not known: no fever is charted, and at some assessments").missing


def test_icans_that_was_not_assessed_is_not_0(care: Care) -> None:
    care.assess(0.5, temperature_c=Decimal("39.0"))
    assert the_one(care, "Assessment", "ICANS (ASTCT 2019): not assessed. Not assessed is not grade 0.").missing
    care.assess(0.2, neurology_not_assessed="sedated")
    assert the_one(care, "Assessment", "ICANS (ASTCT 2019): cannot be assessed, sedated, ").missing


def test_a_result_stands_with_its_time_and_the_one_before_it(care: Care) -> None:
    for hours, value in ((20, "96"), (5, "215")):
        actions.enter_result(
            by=care.nurse,
            submission_id=uuid4(),
            patient=care.patient,
            analyte="crp",
            value=Decimal(value),
            unit="mg/L",
            upper_limit=Decimal(5),
            at=hours_ago(hours),
        )
    crp = the_one(care, "Assessment", "CRP 215 mg/L (above 5), taken ")
    assert "(5 h ago); up from 96 mg/L, " in crp.text
    assert [row.value for row in crp.rows] == [Decimal(215), Decimal(96)]  # type: ignore[attr-defined]


def test_a_result_in_another_unit_has_no_direction(care: Care) -> None:
    for hours, value, unit in ((20, "9.6", "mg/dL"), (5, "215", "mg/L")):
        actions.enter_result(
            by=care.nurse,
            submission_id=uuid4(),
            patient=care.patient,
            analyte="crp",
            value=Decimal(value),
            unit=unit,
            at=hours_ago(hours),
        )
    assert "; before 9.6 mg/dL, " in the_one(care, "Assessment", "CRP 215 mg/L, taken ").text


def test_no_result_for_a_day_is_said(care: Care) -> None:
    assert the_one(care, "Assessment", "No laboratory result in the last 24 h.").missing
    care.assess(0.5, **FEVER)
    assert the_one(care, "Assessment", "In CRS with no laboratory result for 24 h [R24].").short


def test_what_was_entered_in_error_is_told_no_more(care: Care) -> None:
    care.assess(1, **FEVER)
    wrong = care.assess(0.5, temperature_c=Decimal("41.5"))
    assert "41.5" in words(care, "Assessment")
    care.withdraw(wrong)
    assert "41.5" not in words(care, "Assessment")


# --- Recommendation


def test_what_is_due_is_told_with_its_time(care: Care) -> None:
    care.assess(0.5, **CANNULA)
    assert "(in 1 h 29 min)" in the_one(care, "Recommendation", "Next reassessment due ").text


def test_what_is_overdue_is_told_first(care: Care) -> None:
    care.assess(3.5, **CANNULA)
    first = said(care, "Recommendation")[0]
    assert first.text.startswith("Reassessment overdue since ")
    assert first.missing


def test_an_open_suggestion_stands_with_its_dose_and_arithmetic(care: Care) -> None:
    care.assess(0.5, **PRESSOR)
    dose = next(
        one for one in said(care, "Recommendation") if "tocilizumab 560 mg (8 mg/kg × 70 kg = 560 mg" in one.text
    )
    assert dose.text.startswith("Open: ")
    assert "toci " not in words(care, "Recommendation").lower()
    assert "(tocilizumab 560 mg" in words(care, "Recommendation", short=True)


def test_without_a_weight_a_suggestion_says_what_to_chart_and_no_dose() -> None:
    care = Care(weight_kg=None)
    care.assess(0.5, **PRESSOR)
    assert "The dose cannot be computed: chart the weight." in words(care, "Recommendation")
    assert " mg (" not in words(care, "Recommendation")


def test_a_decision_stands_with_who_made_it_and_why(care: Care) -> None:
    row = care.assess(0.5, **PRESSOR)
    decision = care.decide(row, "tocilizumab", "declined", reason="contraindicated", text="sepsis likely")
    found = next(one for one in said(care, "Recommendation") if "Declined by bo " in one.text)
    assert found.text.endswith(": contraindicated, sepsis likely.")
    assert decision in found.rows
    assert not any(one.text.startswith("Open: Tocilizumab") for one in said(care, "Recommendation"))


def test_an_accepted_dose_that_nobody_charted_is_said_to_be_missing(care: Care) -> None:
    care.decide(care.assess(0.5, **PRESSOR), "tocilizumab")
    assert "No dose is charted on it." in words(care, "Recommendation")


def test_a_watch_says_until_when(care: Care) -> None:
    care.decide(care.assess(0.5, **PRESSOR), "tocilizumab", "watching", watch_until=timezone.now() + timedelta(hours=2))
    found = next(one for one in said(care, "Recommendation") if "Watched until " in one.text)
    assert "(in 1 h 59 min), bo " in found.text
    assert found.short


def test_the_ledger_says_which_dose_and_from_when_the_next(care: Care) -> None:
    care.assess(3, **PRESSOR)
    given = care.give(hours=2)
    care.assess(0.5, **PRESSOR)
    ledger = the_one(care, "Recommendation", "Tocilizumab: dose 1 of 4, tocilizumab 560 mg, ")
    assert "grade 3 at the dose; next possible from " in ledger.text
    assert "(in 5 h 59 min)" in ledger.text
    assert ledger.rows == (given,)


def test_no_tocilizumab_is_told_as_none(care: Care) -> None:
    assert "Tocilizumab: none given." in words(care, "Recommendation")


def test_points_that_are_not_ticked_are_told(care: Care) -> None:
    care.assess(0.5, **FEVER)
    assert "Blood cultures" in words(care, "Recommendation")
    actions.tick(
        by=care.nurse,
        submission_id=uuid4(),
        infusion=care.infusion,
        step="exclude-infection",
        item="blood-cultures",
        done=True,
    )
    assert "Blood cultures" not in words(care, "Recommendation")


# --- The whole


def test_a_row_keeps_one_number_throughout_a_handover(care: Care) -> None:
    care.assess(0.5, **CALM)
    sbar = the_sbar(care)
    numbers = [ref.number for ref in sbar.references]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({(ref.kind, ref.row) for ref in sbar.references}) == len(numbers)
    shown = {ref for part in sbar.parts for one in part.said for ref in one.references}
    assert shown == set(sbar.references)


NO_VALUE = (
    "Protocol: ",
    "To settle ",
    "Not recorded this shift ",
    "In CRS with no laboratory result for 24 h",
    "No dose is ",
)


def test_every_number_is_told_with_the_row_that_it_is_from(care: Care) -> None:
    care.assess(3, **PRESSOR | {"heart_rate": Decimal(118), "respiratory_rate": Decimal(24)})
    care.give(hours=2)
    care.assess(0.5, **CANNULA)
    for part in the_sbar(care).parts:
        for one in part.said:
            text = one.sentence.text
            if any(character.isdigit() for character in text) and not text.startswith(NO_VALUE):
                assert one.references, text


def test_the_ward_s_sheet_is_shorter_and_leaves_out_no_concern_grade_or_allergy(care: Care) -> None:
    care.assess(0.5, **PRESSOR)
    actions.raise_concern(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, why="worse", called="", answered=""
    )
    whole, short = the_sbar(care), the_sbar(care, short=True)
    told = " ".join(one.sentence.text for part in short.parts for one in part.said)
    assert sum(len(part.said) for part in short.parts) < sum(len(part.said) for part in whole.parts)
    assert all(word in told for word in ("«worse»", "grade 3, severe", "Allergies: none known."))
