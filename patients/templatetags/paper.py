"""How does a sentence keep its dates and amounts whole at the end of a line?"""

import re
from typing import Final

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

DATE: Final = re.compile(r"\d{2}-[A-Z][a-z]{2}-\d{4}")
AMOUNT: Final = re.compile(r"(\d) (?=(?:°C|kg|g|mg|mcg|mL|L/min|mmHg|mcg/min|mcg/kg/min|units/min|/min|h|d|min)\b)")


@register.filter
def whole(text: str) -> SafeString:
    """The text, escaped, its dates in spans that no line breaks, its amounts joined to their units."""
    joined = AMOUNT.sub("\\1\N{NO-BREAK SPACE}", conditional_escape(text))
    return mark_safe(DATE.sub(lambda found: f'<span class="num">{found[0]}</span>', joined))
