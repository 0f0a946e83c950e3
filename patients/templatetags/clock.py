"""How does a line of a page change when its time comes, also on a page left open?

`{% until at %}Next possible from{% then %}Next possible since{% enduntil %}`: both are on the page until `at`, and the
script (static/crsweb.js) hides the one and shows the other; once `at` has passed, and without a time, there is one.
`{% until at div %}` where the lines are blocks.
"""

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ELEMENTS = ("span", "div")


class Until(template.Node):
    """Takes the moment as an expression, and what stands before it and from it on."""

    child_nodelists = ("before", "after")

    def __init__(self, at: template.base.FilterExpression, element: str, before: NodeList, after: NodeList) -> None:
        self.at, self.element, self.before, self.after = at, element, before, after

    def render(self, context: template.Context) -> SafeString:
        at, before = self.at.resolve(context), self.before.render(context)
        if at is None:
            return before
        after = self.after.render(context)
        if at <= timezone.now():
            return after
        shown = mark_safe("")
        for one, attribute, hidden in ((before, "data-hides-at", ""), (after, "data-shows-at", " hidden")):
            if one.strip():
                tag = mark_safe(self.element)
                shown += format_html('<{} {}="{}"{}>{}</{}>', tag, attribute, at.isoformat(), hidden, one, tag)
        return shown


@register.tag
def until(parser: Parser, token: Token) -> Until:
    """Raises `TemplateSyntaxError` on anything but a moment and an element."""
    words = token.split_contents()[1:]
    if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1] not in ELEMENTS):
        raise template.TemplateSyntaxError("until takes a moment, and «span» or «div»")
    before = parser.parse(("then",))
    parser.delete_first_token()
    after = parser.parse(("enduntil",))
    parser.delete_first_token()
    return Until(parser.compile_filter(words[0]), words[1] if len(words) == 2 else ELEMENTS[0], before, after)
