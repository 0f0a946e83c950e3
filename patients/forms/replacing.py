"""How does a form that writes a whole row anew keep from erasing what somebody else wrote since it was opened?"""

from typing import Any

from django import forms
from django.http import QueryDict

from patients.forms.acts import ActForm
from patients.models.submission import EnteredRow


class ReplacingForm(ActForm):
    """`holds` is the row that holds now, if any; the form carries the key of the one that it was opened on.

    `changed` says what somebody wrote since: then nothing is recorded, what was typed stays, and the form is set on the
    row that holds, so that it can be sent again by one who has read what it replaces.
    """

    opened_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: QueryDict | None = None, *, holds: EnteredRow | None, changed: str = "", **options: Any
    ) -> None:
        if data is not None and changed:
            data = data.copy()
            data["opened_on"] = str(holds.pk) if holds is not None else ""
        opened_on = {"opened_on": holds.pk if holds is not None else None}
        super().__init__(data, initial=(options.pop("initial", None) or {}) | opened_on, **options)
        self.changed = changed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.changed:
            self.add_error(None, self.changed)
        return cleaned
