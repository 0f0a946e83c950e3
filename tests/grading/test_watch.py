"""Do the watch panels name what is met, what is missing, and no more? Limits typed from the published criteria."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from grading.record import Laboratory
from grading.terms import Finding, Truth
from grading.watch import Panel, Readings, hlh_like, tumor_lysis

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
NOW = START + timedelta(days=5)


def result(
    analyte: str, value: str, unit: str, hours_ago: float = 2, lower: str | None = None, upper: str | None = None
) -> Laboratory:
    return Laboratory(
        at=NOW - timedelta(hours=hours_ago),
        analyte=analyte,
        value=Decimal(value),
        unit=unit,
        lower_limit=Decimal(lower) if lower else None,
        upper_limit=Decimal(upper) if upper else None,
    )


def before(analyte: str, value: str, unit: str, lower: str | None = None) -> Laboratory:
    return result(analyte, value, unit, hours_ago=121, lower=lower)


def lysis(*results: Laboratory, adult: bool = True) -> Panel:
    return tumor_lysis(Readings(results, START, NOW), adult=adult)


def truths(panel: Panel) -> list[Truth]:
    return [criterion.finding.truth for criterion in panel.criteria]


def test_uric_acid_8_and_potassium_6_are_laboratory_tumor_lysis() -> None:
    panel = lysis(result("uric-acid", "8", "mg/dL"), result("potassium", "6.0", "mmol/L"))
    assert truths(panel)[:2] == [Truth.YES, Truth.YES]
    assert panel.truth is Truth.YES


def test_one_criterion_alone_with_the_rest_unknown_is_unknown_and_names_what_is_missing() -> None:
    panel = lysis(result("uric-acid", "475.84", "umol/L"))
    assert truths(panel)[0] is Truth.YES
    assert panel.truth is Truth.UNKNOWN
    assert "Potassium in mmol/L" in panel.missing
    assert "albumin in g/dL" in " ".join(panel.missing).replace("Albumin", "albumin")


@pytest.mark.parametrize(("phosphate", "adult", "met"), [("4.5", True, Truth.YES), ("4.5", False, Truth.UNKNOWN),
                                                         ("6.5", False, Truth.YES)])  # fmt: skip
def test_a_childs_phosphate_limit_is_6_5(phosphate: str, adult: bool, met: Truth) -> None:
    # below the limit, without a baseline it stays unknown whether it rose by a quarter
    assert truths(lysis(result("phosphate", phosphate, "mg/dL"), adult=adult))[2] is met


def test_calcium_is_corrected_by_albumin() -> None:
    # 6.0 + 0.8 × (4.0 − 2.5) = 7.2, above 7.0; 5.8 gives 7.0, at it
    albumin = result("albumin", "2.5", "g/dL")
    steady = before("calcium", "6.0", "mg/dL")
    assert truths(lysis(result("calcium", "6.0", "mg/dL"), albumin, steady))[3] is Truth.NO
    assert truths(lysis(result("calcium", "5.8", "mg/dL"), albumin, steady))[3] is Truth.YES


def test_calcium_without_albumin_is_unknown_never_taken_as_measured() -> None:
    panel = lysis(result("calcium", "6.5", "mg/dL"), before("calcium", "6.6", "mg/dL"))
    assert truths(panel)[3] is Truth.UNKNOWN


def test_a_rise_by_a_quarter_over_the_baseline_is_enough() -> None:
    assert truths(lysis(result("potassium", "5.0", "mmol/L"), before("potassium", "4.0", "mmol/L")))[1] is Truth.YES
    assert truths(lysis(result("potassium", "4.9", "mmol/L"), before("potassium", "4.0", "mmol/L")))[1] is Truth.NO


def test_a_result_older_than_a_day_or_in_an_unknown_unit_is_not_read() -> None:
    assert truths(lysis(result("uric-acid", "9", "mg/dL", hours_ago=25)))[0] is Truth.UNKNOWN
    assert truths(lysis(result("uric-acid", "9", "mg/L")))[0] is Truth.UNKNOWN


def hlh(*results: Laboratory, resolving: bool = True) -> Panel:
    return hlh_like(Readings(results, START, NOW), phase=Finding(Truth.of(resolving)))


FERRITIN = result("ferritin", "5000", "ng/mL", upper="400")


def test_ferritin_with_low_fibrinogen_as_crs_resolves_is_an_hlh_like_picture() -> None:
    assert hlh(FERRITIN, result("fibrinogen", "149", "mg/dL")).truth is Truth.YES


def test_while_crs_rises_there_is_no_hlh_like_picture() -> None:
    assert hlh(FERRITIN, result("fibrinogen", "149", "mg/dL"), resolving=False).truth is Truth.NO


def test_ferritin_at_twice_the_limit_is_not_over_it() -> None:
    panel = hlh(result("ferritin", "800", "ng/mL", upper="400"), before("ferritin", "800", "ng/mL"))
    assert truths(panel)[1] is Truth.NO


def test_ferritin_doubled_within_a_day_is_rising_fast() -> None:
    slow = result("ferritin", "300", "ng/mL", hours_ago=20, upper="400")
    panel = hlh(slow, result("ferritin", "600", "ng/mL", upper="400"), before("ferritin", "500", "ng/mL"))
    assert truths(panel)[1] is Truth.YES


def test_transaminases_over_five_times_the_limit_count() -> None:
    assert hlh(FERRITIN, result("ast", "201", "U/L", upper="40")).truth is Truth.YES
    at_five = hlh(FERRITIN, result("ast", "200", "U/L", upper="40"), result("alt", "20", "U/L", upper="40"))
    assert at_five.truth is Truth.UNKNOWN  # fibrinogen and counts are missing


def test_a_low_count_that_was_low_before_the_infusion_is_not_new() -> None:
    low = result("platelets", "40", "10^9/L", lower="150")
    others = (
        result("fibrinogen", "300", "mg/dL"),
        result("alt", "20", "U/L", upper="40"),
        result("ast", "20", "U/L", upper="40"),
        result("hemoglobin", "13", "g/dL", lower="12"),
        result("anc", "3", "10^9/L", lower="1.5"),
    )
    assert hlh(FERRITIN, low, before("platelets", "60", "10^9/L", lower="150"), *others).truth is Truth.NO
    assert hlh(FERRITIN, low, before("platelets", "200", "10^9/L", lower="150"), *others).truth is Truth.YES


def test_the_rise_over_the_patients_own_baseline_is_a_ratio_and_needs_both() -> None:
    readings = Readings([result("crp", "21.5", "mg/dL"), before("crp", "5", "mg/L")], START, NOW)
    assert readings.fold_rise("crp") == 43
    assert Readings([result("crp", "21.5", "mg/dL")], START, NOW).fold_rise("crp") is None
