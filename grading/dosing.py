"""How much, with the arithmetic shown? (rules 5)

A dose never rests on a guess: without the weight or height that it needs it says what to chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from grading.numbers import dose as shown
from grading.numbers import measurement, round_dose
from grading.result import Dose, MissingDose
from grading.situation import KnownWeight

OLD_WEIGHT: Final = timedelta(days=7)
SMALL_KG: Final = Decimal(45)  # blinatumomab label: below it doses go by body surface [R24]


@dataclass(frozen=True, slots=True)
class Body:
    """What doses are reckoned from at one moment."""

    at: datetime
    weight: KnownWeight | None
    height_cm: Decimal | None

    @property
    def surface_m2(self) -> Decimal | None:
        """Mosteller's body surface."""
        if self.weight is None or self.height_cm is None:
            return None
        return (self.weight.weight_kg * self.height_cm / 3600).sqrt()


def per_kg(
    mg_per_kg: str,
    body: Body,
    *,
    limit: int | None = None,
    unit: str = "mg",
    drug: str | None = None,
    every_h: int | None = None,
) -> Dose | MissingDose:
    """`mg_per_kg` × weight, at most `limit`. «8 mg/kg × 71 kg = 568 mg; limit 800 mg»."""
    if body.weight is None:
        return MissingDose(("weight_kg",), drug)
    kg = body.weight.weight_kg
    product = Decimal(mg_per_kg) * kg
    working = f"{shown(Decimal(mg_per_kg))} {unit}/kg × {measurement(kg)} kg = {shown(product)} {unit}"
    return _limited(product, working, body, limit, unit, drug, every_h)


def per_m2(
    per_m2: str, body: Body, *, limit: int, unit: str = "mg", drug: str | None = None, every_h: int | None = None
) -> Dose | MissingDose:
    """`per_m2` × body surface, at most `limit`."""
    surface = body.surface_m2
    if body.weight is None or surface is None:
        missing = (("weight_kg", body.weight), ("height_cm", body.height_cm))
        return MissingDose(tuple(name for name, value in missing if value is None), drug)
    product = Decimal(per_m2) * surface
    area = surface.quantize(Decimal("0.01"))
    plain_unit = unit.removesuffix("/day")
    suffix = "/day" if unit.endswith("/day") else ""
    working = (
        f"{shown(Decimal(per_m2))} {plain_unit}/m²{suffix} × {measurement(area)} m² "
        f"(√({measurement(body.weight.weight_kg)} kg × {shown(body.height_cm or Decimal(0))} cm ÷ 3,600)) "
        f"= {shown(round_dose(product))} {unit}"
    )
    return _limited(product, working, body, limit, unit, drug, every_h)


def flat(amount: int, unit: str, *, drug: str | None = None, every_h: int | None = None) -> Dose:
    """A fixed dose."""
    return Dose(Decimal(amount), unit, f"{shown(Decimal(amount))} {unit}, fixed dose", drug=drug, every_h=every_h)


def by_size(
    amount: int, small_per_m2: str, body: Body, *, unit: str = "mg", drug: str | None = None, every_h: int | None = None
) -> Dose | MissingDose:
    """`amount`, or below 45 kg `small_per_m2` × body surface, `amount` at most [R24]."""
    if body.weight is None:
        return MissingDose(("weight_kg",), drug)
    if body.weight.weight_kg < SMALL_KG:
        return per_m2(small_per_m2, body, limit=amount, unit=unit, drug=drug, every_h=every_h)
    kg = measurement(body.weight.weight_kg)
    return Dose(
        Decimal(amount),
        unit,
        f"{shown(Decimal(amount))} {unit} at {kg} kg (45 kg or more)",
        *_of(body),
        drug=drug,
        every_h=every_h,
    )


def _of(body: Body) -> tuple[Decimal | None, datetime | None, bool]:
    if body.weight is None:
        return None, None, False
    return body.weight.weight_kg, body.weight.at, body.at - body.weight.at > OLD_WEIGHT


def _limited(
    product: Decimal, working: str, body: Body, limit: int | None, unit: str, drug: str | None, every_h: int | None
) -> Dose:
    if limit is not None:
        working += f"; limit {shown(Decimal(limit))} {unit}"
    amount = round_dose(product)
    if limit is not None and amount > limit:
        amount = Decimal(limit)
    return Dose(amount, unit, working, *_of(body), drug=drug, every_h=every_h)


def tocilizumab_review(body: Body, *, blinatumomab: bool) -> Dose | MissingDose:
    """Below 30 kg 12 mg/kg, from 30 kg 8 mg/kg, 800 mg at most [R24]. The step at 30 kg is the source's own.

    With blinatumomab 8 mg/kg at any weight [R24], 800 mg at most [H].
    """
    if body.weight is None:
        return MissingDose(("weight_kg",))
    small = body.weight.weight_kg < 30 and not blinatumomab
    return per_kg("12" if small else "8", body, limit=800)


def tocilizumab_lee(body: Body, *, adult: bool) -> Dose | MissingDose:
    """4 mg/kg from 18 years, 8 mg/kg for a child [L14]; 800 mg at most [H, label]."""
    return per_kg("4" if adult else "8", body, limit=800)
