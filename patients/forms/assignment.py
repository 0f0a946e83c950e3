"""How is it typed whose a patient is in a shift: one patient at a press, or the whole ward in one form?"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from patients.forms.acts import ActForm
from patients.models import Assignment, Patient, User


class ShiftForm(ActForm):
    """One press at a patient: «Take» or «Hand back». `shift` is when the shift starts that was shown, `opened_on` the
    key of the assignment that was (0: none)."""

    shift = forms.DateTimeField(widget=forms.HiddenInput)
    opened_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WardShiftForm(ActForm):
    """Each patient's nurse in a shift. `held` are the assignments as they are; `proposed` are shown chosen.

    What somebody else assigned since the form was opened is said, and nothing is recorded; recorded again, it is
    overridden knowingly. `recorded`: this submission was recorded before, a retry.
    """

    shift = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        patients: Sequence[Patient],
        nurses: Sequence[User],
        held: Mapping[int, Assignment],
        proposed: Mapping[int, User],
        recorded: bool = False,
        **options: Any,
    ) -> None:
        self.patients, self.nurses = patients, {str(nurse.pk): nurse for nurse in nurses}
        self.meanwhile: list[str] = []
        if data is not None and not recorded:
            data = self._brought_up(data.copy(), held)
        super().__init__(data, **options)
        choices = [("", "Nobody"), *((key, str(nurse)) for key, nurse in self.nurses.items())]
        for patient in patients:
            row, chosen = held.get(patient.pk), proposed.get(patient.pk)
            initial = str(chosen.pk) if chosen is not None else ""
            self.fields[f"nurse_{patient.pk}"] = forms.ChoiceField(
                label=str(patient), choices=choices, required=False, initial=initial
            )
            self.fields[f"opened_on_{patient.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=0, initial=row.pk if row is not None else 0
            )

    def _brought_up(self, data: QueryDict, held: Mapping[int, Assignment]) -> QueryDict:
        """The posted values with the keys of the assignments as they are now."""
        for patient in self.patients:
            row, name = held.get(patient.pk), f"opened_on_{patient.pk}"
            if row is not None and data.get(name) != str(row.pk):
                self.meanwhile.append(f"{patient} to {row.nurse or 'nobody'}, by {row.entered_by}")
                data[name] = str(row.pk)
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.meanwhile:
            self.add_error(
                None, f"Assigned meanwhile: {'; '.join(self.meanwhile)}. Look through it, and record what is to hold."
            )
        return cleaned

    def nurse_of(self, patient: Patient) -> BoundField:
        return self[f"nurse_{patient.pk}"]

    @property
    def to(self) -> dict[Patient, User | None]:
        """Whom each patient is given to. Of a valid form."""
        return {one: self.nurses.get(self.cleaned_data[f"nurse_{one.pk}"]) for one in self.patients}

    @property
    def opened_on(self) -> dict[Patient, int]:
        return {one: self.cleaned_data[f"opened_on_{one.pk}"] for one in self.patients}
