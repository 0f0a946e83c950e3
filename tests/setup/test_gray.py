"""Can a board without connection still be read? In gray, every chip and line keeps the contrast its color had to."""

import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
TOKENS = dict(
    re.findall(
        r'(:root|\[data-theme="dark"\]|\[data-theme="night"\]) \{(.*?)\n\}', (STATIC / "crsweb.css").read_text(), re.S
    )
)
PAIRS = [*((f"on-g{grade}", f"g{grade}") for grade in range(5)), ("text", "page"), ("muted", "page"), ("error", "page")]


def gray(color: str) -> float:
    """The channel, 0 to 1, that `grayscale(1) brightness(1.1)` leaves of a color (CSS Filter Effects, 13.1)."""
    digits = color if len(color) == 6 else "".join(digit * 2 for digit in color)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return min(1.0, 1.1 * (0.2126 * red + 0.7152 * green + 0.0722 * blue))


def luminance(channel: float) -> float:
    """Relative luminance of a gray (WCAG 2.2)."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def test_the_filter_is_the_one_that_is_reckoned_here() -> None:
    assert "filter: grayscale(1) brightness(1.1);" in (STATIC / "live.css").read_text()


@pytest.mark.parametrize("theme", [":root", '[data-theme="dark"]', '[data-theme="night"]'])
def test_in_gray_every_chip_and_line_keeps_its_contrast(theme: str) -> None:
    colors = dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6}|[0-9a-f]{3});", TOKENS[theme]))
    for text, ground in PAIRS:
        dark, light = sorted(luminance(gray(colors[name])) for name in (text, ground))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
