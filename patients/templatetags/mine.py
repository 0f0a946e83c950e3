"""Where does the site's navigation lead a nurse: to the patients who are hers in this shift?"""

from typing import Any

from django import template

from patients.models import User
from patients.permissions import may

register = template.Library()


@register.inclusion_tag("patients/_mine_link.html", takes_context=True)
def mine_link(context: dict[str, Any]) -> dict[str, Any]:
    """The link, for who may have patients; nothing for anybody else."""
    user = context.get("user")
    shown = isinstance(user, User) and user.is_active and may(user, "assign")
    return {"shown": shown, "here": context.get("on_mine")}
