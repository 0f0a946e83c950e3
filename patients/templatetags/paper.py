"""What do pages of paper need: dates and amounts that no line breaks, and the age of the downtime pack?"""

import re
from typing import Any, Final

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from patients.downtime import state_of
from patients.models import Ward

register = template.Library()

DATE: Final = re.compile(r"\d{2}-[A-Z][a-z]{2}-\d{4}")
AMOUNT: Final = re.compile(r"(\d) (?=(?:°C|kg|g|mg|mcg|mL|L/min|mmHg|mcg/min|mcg/kg/min|units/min|/min|h|d|min)\b)")


@register.filter
def whole(text: str) -> SafeString:
    """The text, escaped, its dates in spans that no line breaks, its amounts joined to their units."""
    joined = AMOUNT.sub("\\1\N{NO-BREAK SPACE}", conditional_escape(text))
    return mark_safe(DATE.sub(lambda found: f'<span class="num">{found[0]}</span>', joined))


@register.inclusion_tag("patients/_downtime.html")
def downtime_state(ward: Ward) -> dict[str, Any]:
    return {"ward": ward, "pack": state_of(ward, timezone.now())}
