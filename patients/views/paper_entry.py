"""What does a form offer for what comes from paper?"""

from django import forms

from patients.models import Ward
from patients.views.act_page import Group


def from_paper(form: forms.Form) -> Group:
    """The section «From paper», closed until it is needed."""
    return Group([form["observed_by"]], "From paper", closed=True)


def people_of(ward: Ward) -> list[str]:
    """The names of who works on the ward, offered while typing."""
    return sorted({str(one) for one in ward.staff.filter(is_active=True)}, key=str.casefold)
