"""Who presses? A press on a signature or a decision can bring an accepted dose or another grade back into force.

So it asks as the form that recorded it did (`crsweb.step_up`). A press has no form of its own: where something is to be
asked, a page with the row and the one question follows, and its button is the same press.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crsweb import step_up
from patients.forms.acts import ActForm
from patients.views.act_page import Group, Page
from patients.views.bedside import Bedside

ASKED: Final = ("decision", "signature")  # kinds of rows that were recorded by somebody who showed who they are


def asked_first(
    request: HttpRequest, here: Bedside, kind: str, about: dict[str, Any], *, heading: str, save: str, back: str
) -> HttpResponse | None:
    """The page that asks; None where nothing is asked, or it is answered.

    `about`: what the pages about a row say of it; `back`: where a person who shows a key comes to. Raises
    `step_up.SessionEnded`.
    """
    if kind not in ASKED:
        return None
    form = ActForm(request.POST)
    again = step_up.fields(request, form, back=back)
    if not again:
        return None
    page = Page(heading=heading, done="", groups=(Group(again),), template="patients/pressed.html")
    context = here.context() | about | {"form": form, "page": page, "save": save}
    return render(request, page.template, context, status=422)
