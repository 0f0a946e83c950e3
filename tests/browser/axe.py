"""What does axe find on a page, in every theme?

A theme changes colors and nothing else: everything is asked once, and contrast again in each theme.
"""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
THEMES: Final = ("light", "dark", "night")
CONTRAST: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_ELSE: Final = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"color-contrast": {"enabled": False}}}
LOOKED_AT: Final = """([within, options]) => axe.run(within, {resultTypes: ['violations'], ...options}).then(
    found => found.violations.flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.html.slice(0, 160)} ${(node.failureSummary || '').slice(0, 200)}`)))"""
WEAR: Final = "theme => { document.documentElement.dataset.theme = theme }"


def found_by_axe(page: Page, within: str = "html") -> list[str]:
    """What is wrong on the page as it stands, a line each: the rule and the element. The page keeps its theme."""
    load_axe(page)
    worn = page.evaluate("document.documentElement.dataset.theme")
    found = [*all_else(page, within), *contrast(page, within)]
    page.evaluate(WEAR, worn)
    return [f"{page.url} {one}" for one in found]


def load_axe(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))


def all_else(page: Page, within: str = "html") -> list[str]:
    """All but contrast, of a page into which axe was loaded."""
    return _asked(page, within, ALL_ELSE)


def contrast(page: Page, within: str = "html") -> list[str]:
    """Contrast in each theme, of a page into which axe was loaded; it wears the last one then."""
    found = []
    for theme in THEMES:
        page.evaluate(WEAR, theme)
        found += [f"{theme}: {one}" for one in _asked(page, within, CONTRAST)]
    return found


def _asked(page: Page, within: str, options: dict[str, Any]) -> list[str]:
    lines: list[str] = page.evaluate(LOOKED_AT, [within, options])
    return lines


def in_theme(page: Page, theme: str) -> None:
    """The next page that is opened wears the theme."""
    home = "/".join(page.url.split("/")[:3])
    page.context.add_cookies([{"name": "theme", "value": theme, "url": home}])
