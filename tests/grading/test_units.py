"""Are results reckoned exactly from the units hospitals use? Factors typed from the published conversions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from grading.course import grade_course
from grading.record import Assessment, Course, Infusion, Laboratory, Patient
from grading.units import FACTORS, UnitError, converted, neutrophils, plain, quantity, reckoned, units_of


@pytest.mark.parametrize(
    ("analyte", "conventional", "unit", "si", "si_unit"),
    [
        ("creatinine", "1", "mg/dL", "88.42", "umol/L"),
        ("bilirubin", "1", "mg/dL", "17.104", "umol/L"),
        ("crp", "21.5", "mg/dL", "215", "mg/L"),
        ("fibrinogen", "150", "mg/dL", "1.5", "g/L"),
        ("uric-acid", "8", "mg/dL", "475.84", "umol/L"),
        ("phosphate", "4.5", "mg/dL", "1.45305", "mmol/L"),
        ("calcium", "7", "mg/dL", "1.7465", "mmol/L"),
        ("triglycerides", "100", "mg/dL", "1.129", "mmol/L"),
        ("ferritin", "130000", "ng/mL", "130000", "ug/L"),
        ("albumin", "4", "g/dL", "40", "g/L"),
    ],
)
def test_conventional_and_si_units_are_the_same_amount(
    analyte: str, conventional: str, unit: str, si: str, si_unit: str
) -> None:
    assert reckoned(analyte, Decimal(conventional), unit) == reckoned(analyte, Decimal(si), si_unit)
    assert converted(analyte, Decimal(conventional), unit, si_unit) == Fraction(si)
    assert converted(analyte, Decimal(si), si_unit, unit) == Fraction(conventional)


def test_a_neutrophil_count_in_cells_is_a_thousandth_of_a_count_in_10_9_per_liter() -> None:
    assert reckoned("anc", Decimal(450), "/uL") == Fraction("0.45")


START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def count(value: str, unit: str | None, hours: float) -> Laboratory:
    return Laboratory(at=START + timedelta(hours=hours), analyte="anc", value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("/uL", "0.45"),
        ("cells/µL", "0.45"),
        ("10^9/L", "450"),
        ("10⁹/L", "450"),
        ("x10^9/L", "450"),
        ("10*3/uL", "450"),
        (None, "450"),
        ("cells", None),
        ("G/l per field", None),
        ("%", None),
    ],
)
def test_a_neutrophil_count_reaches_the_rules_in_10_9_per_liter_or_not_at_all(
    unit: str | None, value: str | None
) -> None:
    assert neutrophils(count("450", unit, 0)).value == (None if value is None else Decimal(value))


def neutropenic_by(*counts: Laboratory) -> str:
    """What the step on infection rests on, at a fever one day in under `review-2024`, by these counts."""
    fever = Assessment(at=START + timedelta(hours=24), temperature_c=Decimal("38.5"))
    course = Course(
        patient=Patient(age_years=Decimal(50)),
        infusion=Infusion(cause="car-t", started_at=START),
        events=(fever, *map(neutrophils, counts)),
    )
    steps = {step.id: step for step in grade_course(course).suggestions}
    return " ".join(steps["exclude-infection"].because)


def test_450_per_microliter_is_neutropenic_and_never_450_10_9_per_liter() -> None:
    assert "ANC below 0.5" in neutropenic_by(count("450", "/uL", 20))


def test_a_count_that_cannot_be_read_is_unknown_even_after_a_good_one() -> None:
    assert "ANC unknown" in neutropenic_by(count("3", "10^9/L", 10), count("450", "cells per field", 20))
    assert "ANC unknown" in neutropenic_by(count("450", "cells per field", 20), count("3", "10^9/L", 20))
    assert "ANC below 0.5" in neutropenic_by(count("450", "cells per field", 20), count("0.3", "10^9/L", 20))
    assert "ANC at or above 0.5" in neutropenic_by(count("450", "cells per field", 10), count("3", "10^9/L", 20))


@pytest.mark.parametrize(
    ("analyte", "unit", "kind"),
    [
        ("d-dimer", "ng/mL DDU", "d-dimer-ddu"),
        ("d-dimer-ddu", "mg/L FEU", "d-dimer"),
        ("d-dimer", "mg/L", None),
        ("crp", "mg/L", "crp"),
    ],
)
def test_the_unit_of_a_d_dimer_says_which_of_the_two_it_is(analyte: str, unit: str, kind: str | None) -> None:
    assert quantity(analyte, unit) == kind


def test_the_micro_sign_and_other_cases_are_read() -> None:
    assert plain("µmol/L") == plain("μmol/L") == "umol/L"
    assert reckoned("creatinine", Decimal("88.42"), "µmol/l") == 1


@pytest.mark.parametrize("unit", ["mg/L DDU", "ng/mL DDU"])
def test_d_dimer_in_ddu_is_never_read_as_feu(unit: str) -> None:
    with pytest.raises(UnitError, match="FEU"):
        reckoned("d-dimer", Decimal(1), unit)


def test_a_unit_of_no_table_is_refused_by_name_and_never_guessed() -> None:
    with pytest.raises(UnitError, match="creatinine: mg/L is not one of mg/dL, umol/L"):
        reckoned("creatinine", Decimal(1), "mg/L")
    with pytest.raises(UnitError, match="no unit"):
        reckoned("creatinine", Decimal(1), "")
    with pytest.raises(UnitError, match="no units are known"):
        reckoned("procalcitonin", Decimal(1), "ng/mL")


@pytest.mark.parametrize("analyte", FACTORS)
def test_each_analyte_reckons_in_the_first_of_its_units(analyte: str) -> None:
    assert reckoned(analyte, Decimal("3.7"), units_of(analyte)[0]) == Fraction("3.7")
