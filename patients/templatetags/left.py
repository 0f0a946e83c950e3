"""What did the one who looks at this page leave unrecorded of its patient?"""

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from patients.drafts import DECIDE, Ticket, address_of, drafts_of, named
from patients.models import Draft, Patient, User

register = template.Library()


@register.inclusion_tag("patients/_left.html", takes_context=True)
def left_unrecorded(context: template.Context, but: str = "") -> dict[str, Any]:
    """The user's own drafts; the form `but` is the one that is open."""
    patient, user = _who(context)
    drafts = drafts_of(user, patient)
    context["left_by_form"] = {draft.form: draft for draft in drafts}
    shown = [draft for draft in drafts if draft.form != but]
    return {"left": [(draft, named(draft.form), address_of(patient.pk, draft.form)) for draft in shown]}


@register.simple_tag(takes_context=True)
def left_in_card(context: template.Context, step: str) -> Draft | None:
    """What the user left in the answer to one suggestion. After `left_unrecorded` on the same page."""
    found: dict[str, Draft] = context.get("left_by_form") or {}
    return found.get(f"{DECIDE} {step}")


@register.simple_tag(takes_context=True)
def ticket_of_card(context: template.Context, step: str) -> str:
    """The ticket of the form that answers one suggestion."""
    patient, user = _who(context)
    now: datetime = context.get("now") or timezone.now()
    return Ticket(user.pk, patient.pk, f"{DECIDE} {step}", now).signed()


@register.filter
def typed(draft: Draft | None, name: str) -> str:
    """What was typed in one field; empty without a draft."""
    values = draft.fields.get(name, []) if draft is not None else []
    return str(values[-1]) if values else ""


def _who(context: template.Context) -> tuple[Patient, User]:
    patient, request = context["patient"], context["request"]
    assert isinstance(patient, Patient) and isinstance(request, HttpRequest) and isinstance(request.user, User)
    return patient, request.user
