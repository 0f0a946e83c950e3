"""What does the site's navigation say to a physician: how many patients wait?"""

from typing import Any

from django import template
from django.utils import timezone

from patients.models import User
from patients.permissions import may, ward_patients
from patients.waiting import how_many_wait

register = template.Library()


@register.inclusion_tag("patients/_worklist_link.html", takes_context=True)
def worklist_link(context: dict[str, Any]) -> dict[str, Any]:
    """The link with its count, for who may sign; nothing for anybody else."""
    user = context.get("user")
    if not isinstance(user, User) or not user.is_active or not may(user, "sign"):
        return {"shown": False}
    count = how_many_wait(list(ward_patients(user).present()), timezone.now())
    return {"shown": True, "count": count, "here": context.get("on_worklist")}
