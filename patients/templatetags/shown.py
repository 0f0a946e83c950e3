"""Which filters do templates show dates, times, ages and amounts with? `patients.formats`, under short names."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from grading.attribution import without_words
from grading.result import Reason, Verdict
from patients import formats

register = template.Library()
STALE_AFTER: Final = timedelta(minutes=10)


@register.filter
def day(value: date) -> str:
    return formats.shown_date(value)


@register.filter
def clock(value: datetime) -> str:
    return formats.shown_time(value)


@register.filter
def moment(value: datetime) -> str:
    return formats.shown_moment(value)


@register.filter
def span(value: timedelta) -> str:
    return formats.shown_span(value)


@register.filter
def before_span(value: timedelta) -> str:
    """How long before, of a negative span."""
    return formats.shown_span(-value)


@register.filter
def measured(value: Decimal, unit: str = "") -> str:
    return formats.shown_measurement(value, unit)


@register.filter
def dose(value: Decimal, unit: str = "") -> str:
    return formats.shown_dose(value, unit)


_FIELDS: Final = {"weight_kg": "the weight", "height_cm": "the height"}


@register.filter
def missing_words(names: Iterable[str]) -> str:
    """«the weight and the height»: the fields that a dose cannot be computed without."""
    return " and ".join(_FIELDS.get(name, name) for name in names)


@register.filter
def lower_met(verdict: Verdict) -> list[Reason]:
    """The criteria met below the grade, highest first: they hold, and decide nothing."""
    return sorted((r for r in verdict.met if verdict.grade is None or r.grade < verdict.grade), key=lambda r: -r.grade)


@register.filter
def without(names: Sequence[str]) -> str:
    """«without hypotension: other cause»: what a grade left out, by the keys of `words.ATTRIBUTABLE`."""
    return without_words(names)


@register.filter
def past(value: datetime) -> bool:
    """Has this moment come?"""
    return value <= timezone.now()


@register.filter
def stale_at(value: datetime) -> datetime:
    """From when on a page read at this moment says that it is old."""
    return value + STALE_AFTER


@register.filter
def moment_tag(value: datetime) -> SafeString:
    """The moment as <time>, today's without its date."""
    return format_html(
        '<time class="num" datetime="{}">{}</time>', value.isoformat(), formats.shown_moment_near(value, timezone.now())
    )


@register.filter
def moment_apart(value: datetime) -> SafeString:
    """As `moment_tag`, for a narrow column: it breaks between the date and the clock, never at a hyphen."""
    words = formats.shown_moment_near(value, timezone.now()).split(" ", 1)
    parts = format_html_join(" ", '<span class="num">{}</span>', ((word,) for word in words))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), parts)


@register.filter
def elapsed(value: datetime) -> SafeString:
    """«42 min ago», which the script keeps true."""
    return format_html(
        '<time class="num" datetime="{}" data-elapsed>{}</time>',
        value.isoformat(),
        formats.shown_elapsed(value, timezone.now()),
    )
