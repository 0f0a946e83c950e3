"""Are results that do not fit together asked about, and no others?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from grading.plausible import crp_beside_ferritin
from grading.record import Laboratory

NOW = datetime(2026, 3, 6, 10, tzinfo=UTC)


def crp(value: str, unit: str | None = "mg/L", hours: float = 0) -> Laboratory:
    return Laboratory(at=NOW + timedelta(hours=hours), analyte="crp", value=Decimal(value), unit=unit)


def ferritin(value: str, unit: str | None = "ng/mL") -> Laboratory:
    return Laboratory(at=NOW, analyte="ferritin", value=Decimal(value), unit=unit)


def test_the_crp_of_lees_third_patient_beside_its_ferritin_is_asked_about_and_mg_dl_offered() -> None:
    asked = crp_beside_ferritin(crp("21.5"), ferritin("130000"))
    assert asked is not None
    assert asked.message == "CRP 21.5 mg/L beside a ferritin of 130,000 ng/mL: mg/dL is likely [L14, H]"
    assert asked.meant is not None
    assert (asked.meant.value, asked.meant.unit) == (Decimal("21.5"), "mg/dL")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (crp("21.5", "mg/dL"), ferritin("130000")),
        (crp("50"), ferritin("130000")),
        (crp("21.5"), ferritin("9999")),
        (crp("21.5"), ferritin("130000", "units")),
        (crp("21.5", None), ferritin("130000")),
        (crp("21.5", hours=24.1), ferritin("130000")),
        (crp("0"), ferritin("130000")),
    ],
)
def test_what_fits_or_cannot_be_read_is_not_asked_about(one: Laboratory, other: Laboratory) -> None:
    assert crp_beside_ferritin(one, other) is None


def test_the_limits_are_inclusive_where_they_ask() -> None:
    assert crp_beside_ferritin(crp("49.9", hours=-24), ferritin("10000", "µg/L")) is not None
