"""Do dates, times, ages and amounts read as the bedside reads them, and are the colors the checked ones?"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from patients import formats

BERLIN = ZoneInfo("Europe/Berlin")
CSS = (Path(settings.BASE_DIR) / "static" / "crsweb.css").read_text(encoding="utf-8")
AT = datetime(2026, 1, 5, 3, 28, tzinfo=UTC)

# The checked colors: page, text, then grade 0 to 4 with the color of its label.
THEMES = {
    "light": ("#ffffff", "#1a1f24", ("#e6ecf1", "#fff1b8", "#ffb95c", "#b3261e", "#4a0d4f")),
    "dark": ("#14181c", "#e8ecef", ("#2a323a", "#f2dc7a", "#f0943a", "#e5645c", "#e3b3f2")),
    "night": ("#0e0b09", "#cdb9a5", ("#26201b", "#c9b65c", "#c97b2e", "#d65b50", "#bfa3e0")),
}


def test_a_ratio_has_no_unit() -> None:
    assert formats.shown_measurement(Decimal("1.1"), "1") == "1.1"
    assert formats.shown_measurement(Decimal("1.1"), "mg/dL") == "1.1 mg/dL"


def test_a_date_has_its_month_in_letters() -> None:
    assert formats.shown_date(date(2026, 1, 5)) == "05-Jan-2026"


def test_a_time_is_of_24_hours_in_the_ward_s_zone() -> None:
    with timezone.override(BERLIN):
        assert formats.shown_time(AT) == "04:28"
        assert formats.shown_moment(AT) == "05-Jan-2026 04:28"


def test_the_two_hours_of_the_autumn_night_are_told_apart() -> None:
    with timezone.override(BERLIN):
        assert formats.shown_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "02:30, first"
        assert formats.shown_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "02:30, second"
        assert formats.shown_time(datetime(2026, 10, 25, 2, 30, tzinfo=UTC)) == "03:30"
        assert formats.shown_time(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) == "03:30"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.5, "now"),
        (1, "1 min ago"),
        (42, "42 min ago"),
        (59.99, "59 min ago"),
        (60, "1 h ago"),
        (250, "4 h 10 min ago"),
        (47 * 60 + 59, "47 h 59 min ago"),
        (48 * 60, "2 d ago"),
        (76 * 60, "3 d 4 h ago"),
        (-18, "in 18 min"),
        (-0.5, "now"),
    ],
)
def test_elapsed_time_is_in_words_and_never_rounded_up(minutes: float, words: str) -> None:
    assert formats.shown_elapsed(AT, AT + timedelta(minutes=minutes)) == words


def test_a_measurement_keeps_its_precision_and_a_dose_drops_trailing_zeros() -> None:
    assert formats.shown_measurement(Decimal("38.0"), "°C") == "38.0 °C"
    assert formats.shown_measurement(Decimal("92"), "%") == "92%"
    assert formats.shown_dose(Decimal("8.0"), "mg") == "8 mg"
    assert formats.shown_dose(Decimal("0.50"), "mg") == "0.5 mg"
    assert formats.shown_dose(Decimal("1000"), "mg") == "1,000 mg"


@pytest.mark.parametrize(
    ("born", "on", "words"),
    [
        (date(1980, 8, 14), date(2026, 8, 13), "45y"),
        (date(1980, 8, 14), date(2026, 8, 14), "46y"),
        (date(2024, 2, 29), date(2026, 2, 28), "23m"),
        (date(2024, 2, 29), date(2026, 3, 1), "2y"),
        (date(2026, 1, 10), date(2026, 3, 9), "58d"),
        (date(2026, 1, 10), date(2026, 3, 10), "2m"),
    ],
)
def test_an_age_is_in_completed_years_months_or_days(born: date, on: date, words: str) -> None:
    assert formats.shown_age(born, on) == words


def tokens(theme: str) -> dict[str, str]:
    start = {"light": ":root {", "dark": '[data-theme="dark"] {', "night": '[data-theme="night"] {'}[theme]
    block = CSS.partition(start)[2].partition("}")[0]
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})", block))
    return {
        name: "#" + "".join(c * 2 for c in color[1:]) if len(color) == 4 else color for name, color in found.items()
    }


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio of two colors."""

    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", list(THEMES))
def test_the_grade_chips_have_the_checked_colors_and_labels_of_contrast_5(theme: str) -> None:
    found = tokens(theme)
    page, text, grades = THEMES[theme]
    assert (found["page"], found["text"]) == (page, text)
    for grade, color in enumerate(grades):
        assert found[f"g{grade}"] == color
        assert contrast(found[f"g{grade}"], found[f"on-g{grade}"]) >= 5


@pytest.mark.parametrize("theme", list(THEMES))
def test_every_text_color_reads_on_every_ground_of_its_theme(theme: str) -> None:
    found = tokens(theme)
    for ground in ("page", "surface", "raised", "accent-soft", "error-soft", "ask-soft"):
        for color in ("text", "muted", "accent", "error"):
            assert contrast(found[color], found[ground]) >= 4.5, (color, ground)
    for ground in ("page", "surface", "raised"):
        assert contrast(found["edge"], found[ground]) >= 3, ground
    assert contrast(found["on-accent"], found["accent"]) >= 5


def test_the_system_s_dark_theme_is_the_dark_theme() -> None:
    by_choice = CSS.partition('[data-theme="dark"] {')[2].partition("}")[0]
    by_system = CSS.partition(":root:not([data-theme]) {")[2].partition("}")[0]
    assert by_system.split() == by_choice.split()


def test_the_style_sheet_is_small_and_asks_no_other_host_for_anything() -> None:
    assert len(CSS.encode()) <= 20 * 1024
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|https?://(?!www\.w3\.org)", text), (
            template
        )


def test_a_power_of_ten_in_a_unit_is_raised_and_the_code_stays() -> None:
    assert formats.shown_measurement(Decimal("0.3"), "10^9/L") == "0.3 × 10⁹/L"
    assert formats.shown_measurement(Decimal(48), "10^3/uL") == "48 × 10³/uL"
    assert formats.shown_measurement(Decimal("1.1"), "mg/dL") == "1.1 mg/dL"
