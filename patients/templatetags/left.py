"""What did the one who looks at this page leave unrecorded of its patient?"""

from typing import Any

from django import template

from patients.drafts import address_of, drafts_of, named
from patients.models import Patient, User

register = template.Library()


@register.inclusion_tag("patients/_left.html", takes_context=True)
def left_unrecorded(context: dict[str, Any], but: str = "") -> dict[str, Any]:
    """The user's own drafts; the form `but` is the one that is open."""
    patient, user = context["patient"], context["user"]
    assert isinstance(patient, Patient) and isinstance(user, User)
    drafts = [draft for draft in drafts_of(user, patient) if draft.form != but]
    return {"left": [(draft, named(draft.form), address_of(patient.pk, draft.form)) for draft in drafts]}
