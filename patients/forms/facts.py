"""How are the patient's facts typed: who they are, what moves their grades, and what they are allergic to?"""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from grading.limits import check_pressures
from grading.words import SEXES
from patients.formats import shown_date
from patients.forms.fields import DayField, NumberField, WordField, YesNoField
from patients.forms.limits import possible, refused
from patients.forms.replacing import ReplacingForm
from patients.models import PatientFacts

MOST_ALLERGY: Final = 80  # characters of one substance

FACTS: Final = (
    "birth_date",
    "sex",
    "baseline_systolic",
    "baseline_diastolic",
    "home_oxygen_l_min",
    "extensive_comorbidities",
    "long_term_glucocorticoid",
    "neutropenic",
    "allergies",
    "allergies_to",
    "ceilings_of_care",
    "neurology_baseline",
)


class FactsFields(forms.Form):
    """The facts of a patient, each of which may be «not charted»."""

    birth_date = DayField(label="Birth date", required=True, help_text="Like 14-Aug-1980")
    sex = WordField(
        {name: label for name, label in SEXES.items() if name != "unknown"},
        blank=SEXES["unknown"],
        label="Sex",
        widget=forms.RadioSelect,
    )
    allergies = forms.ChoiceField(
        label="Allergies",
        choices=PatientFacts.Allergies.choices,
        initial=PatientFacts.Allergies.NOT_RECORDED,
        widget=forms.RadioSelect,
    )
    allergies_to = forms.CharField(
        label="Allergic to", required=False, help_text="When known: each substance, with commas between"
    )
    baseline_systolic = NumberField(label="Baseline systolic", unit="mmHg", check=possible("systolic"))
    baseline_diastolic = NumberField(label="Baseline diastolic", unit="mmHg", check=possible("diastolic"))
    home_oxygen_l_min = NumberField(label="Home oxygen", unit="L/min", check=possible("flow_l_min"))
    extensive_comorbidities = YesNoField(label="Extensive comorbidities", widget=forms.RadioSelect)
    long_term_glucocorticoid = YesNoField(label="Long-term glucocorticoid", widget=forms.RadioSelect)
    neutropenic = YesNoField(label="Neutropenic", widget=forms.RadioSelect)
    neurology_baseline = forms.CharField(
        label="Neurology before therapy",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Language, vision, deficits, handwriting: what a score at the bedside is read against",
    )
    ceilings_of_care = forms.CharField(
        label="Ceilings of care",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as: no intubation. They stand beside what is suggested",
    )

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or "unknown"

    def clean_allergies_to(self) -> list[str]:
        named = [part.strip() for part in self.cleaned_data["allergies_to"].split(",")]
        for part in named:
            if len(part) > MOST_ALLERGY:
                raise ValidationError(f"«{part[:30]}…» is too long: at most {MOST_ALLERGY} characters a substance")
        return [part for part in named if part]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        state, named = cleaned.get("allergies"), cleaned.get("allergies_to")
        if state == PatientFacts.Allergies.KNOWN and named == []:
            self.add_error("allergies_to", "Name what the patient is allergic to, or choose another state")
        if state and state != PatientFacts.Allergies.KNOWN and named:
            self.add_error("allergies", "A substance is named: choose «Known», or take the name out")
        systolic, diastolic = cleaned.get("baseline_systolic"), cleaned.get("baseline_diastolic")
        outcome = check_pressures(systolic, diastolic)
        if outcome is not None:
            self.add_error("baseline_diastolic", refused(outcome))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned facts under the names of `PatientFacts`."""
        return {name: self.cleaned_data[name] for name in FACTS}


class FactsForm(FactsFields, ReplacingForm):
    """All facts of a patient anew: what is not changed stays as it stands in the form."""

    @staticmethod
    def initial_of(facts: PatientFacts) -> dict[str, Any]:
        """The facts that hold, as they can be typed back."""
        from_row: dict[str, Any] = {name: getattr(facts, name) for name in FACTS}
        words = {True: "yes", False: "no", None: ""}
        for name in ("extensive_comorbidities", "long_term_glucocorticoid", "neutropenic"):
            from_row[name] = words[from_row[name]]
        from_row["sex"] = "" if facts.sex == "unknown" else facts.sex
        from_row["allergies_to"] = ", ".join(facts.allergies_to)
        from_row["birth_date"] = shown_date(facts.birth_date)
        return from_row
