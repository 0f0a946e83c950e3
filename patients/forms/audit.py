"""What of the audit trail is asked for? A patient by exact number, a person, an event, a ward, from when to when."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from patients.audit_search import Cursor, Search, chains_of
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField
from patients.models import Patient, User, Ward
from patients.models.audit import EVENTS, SITE, SITE_NAME

ANYTHING = ("", "Anything")
EVERYWHERE = ("", "All of mine")


class AuditForm(ActForm):
    """Records nothing; it shares the offers of the forms that do. It is posted: no address holds a number or a name."""

    patient = forms.CharField(
        required=False, max_length=32, label="Patient's number", help_text="The whole number", widget=forms.TextInput()
    )
    person = forms.CharField(required=False, max_length=150, label="User name", help_text="As typed to sign in")
    event = forms.ChoiceField(required=False, label="What", choices=[ANYTHING, *EVENTS.items()])
    ward = forms.ChoiceField(required=False, label="Where")
    since = MomentField(label="From")
    until = MomentField(label="To", future=True, help_text="Before this moment")
    before = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, wards: Sequence[Ward], **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["submission_id"]
        self.wards = wards
        places = [(str(SITE), SITE_NAME.capitalize()), *((str(ward.pk), str(ward)) for ward in wards)]
        choices = self.fields["ward"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [EVERYWHERE, *places]
        for name in ("patient", "person"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}

    def clean_patient(self) -> list[int] | None:
        """The keys of the patients with this number, blanks aside. Whether anybody has it is not said: an auditor reads
        of the patients of some wards only."""
        number = self.cleaned_data["patient"]
        if not number:
            return None
        return list(Patient.objects.numbered(number).values_list("pk", flat=True))

    def clean_person(self) -> User | None:
        name = self.cleaned_data["person"]
        if not name:
            return None
        person = User.objects.filter(username=name).first()
        if person is None:
            raise forms.ValidationError("No account has this name: the name that is typed to sign in.")
        return person

    def clean_before(self) -> Cursor | None:
        text = self.cleaned_data["before"]
        try:
            return Cursor.of(text) if text else None
        except ValueError as problem:
            raise forms.ValidationError("This page has moved: search again.") from problem

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since is not None and until is not None and until <= since:
            self.add_error("until", "Not after «From».")
        return found

    @property
    def search(self) -> Search:
        """What a valid form asks for; everything where nothing was posted."""
        if not self.is_bound:
            return Search(chains=chains_of(self.wards))
        asked = self.cleaned_data
        chains = [int(asked["ward"])] if asked["ward"] else chains_of(self.wards)
        names = ("person", "event", "since", "until", "before")
        return Search(chains=chains, patients=asked["patient"], **{name: asked[name] for name in names})

    @property
    def told(self) -> dict[str, Any]:
        """What is noted of a valid search: keys, codes and times of the trail itself."""
        search = self.search
        told: dict[str, Any] = {
            "patients": search.patients,
            "event": search.event,
            "since": search.since,
            "until": search.until,
        }
        told |= {"person": search.person, "chains": search.chains, "before": search.before and search.before.id}
        return {name: value for name, value in told.items() if value not in (None, "")}
