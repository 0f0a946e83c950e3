"""Which pages does the site's navigation offer to who is signed in? Those that their role opens, and no other."""

from typing import Any

from django import template

from patients.models import User
from patients.pages import opens

register = template.Library()


@register.simple_tag(takes_context=True)
def may_open(context: dict[str, Any], page: str) -> bool:
    """Whether the page of this name is open to the one signed in."""
    user = context.get("user")
    return isinstance(user, User) and user.is_active and opens(user.role, page)
