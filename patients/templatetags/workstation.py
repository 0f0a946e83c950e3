"""What does a page need to know of the workstation that shows it? Its theme, kept in a cookie."""

from typing import Any, Final, NamedTuple

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from crsweb.presence import left

register = template.Library()

COOKIE: Final = f"{settings.COOKIE_PREFIX}theme"
THEMES: Final = ("light", "dark", "night")


class ThemeChoice(NamedTuple):
    value: str
    label: str
    pressed: str


def chosen_theme(request: HttpRequest | None) -> str:
    """The workstation's theme; empty for the system's. Anything else in the cookie is no theme."""
    theme = request.COOKIES.get(COOKIE, "") if request is not None else ""
    return theme if theme in THEMES else ""


@register.simple_tag(takes_context=True)
def theme_attribute(context: dict[str, Any]) -> SafeString:
    """` data-theme="night"` for <html>: the theme is there with the first byte, so it never flashes."""
    theme = chosen_theme(context.get("request"))
    return format_html(' data-theme="{}"', theme) if theme else mark_safe("")


@register.simple_tag
def theme_cookie() -> str:
    return COOKIE


@register.simple_tag(takes_context=True)
def seconds_left(context: dict[str, Any]) -> int:
    """Until the page locks itself, if nothing is typed or pressed on it."""
    return left(context["request"].session)


@register.simple_tag(takes_context=True)
def theme_choices(context: dict[str, Any]) -> list[ThemeChoice]:
    chosen = chosen_theme(context.get("request"))
    return [ThemeChoice(t, t.capitalize(), "true" if t == chosen else "false") for t in THEMES]
