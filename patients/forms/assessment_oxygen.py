"""What oxygen does the patient get, and with which device is a flow alone read?"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms

from grading import limits
from grading.record import Oxygen
from grading.words import DEVICES
from patients.formats import shown_time
from patients.forms.fields import NumberField, Refused, WordField, YesNoField
from patients.forms.limits import possible, question, refused
from patients.forms.questions import Question
from patients.forms.standing import Standing, oxygen_words


def _flow_possible(value: Decimal) -> Refused | None:
    outcome = limits.check_flow(value, None)
    return refused(outcome) if isinstance(outcome, limits.Refused) else None


class OxygenPart(forms.Form):
    """Device, flow, FiO2 and whether it is for hypoxia; or all of it unchanged, which is charted anew as seen now.

    What is typed without a device is of the device in force. The form names that device and posts `oxygen_standing`,
    its token: if another device is in force by now, the flow is refused rather than read with a device nobody saw.
    """

    oxygen_same = forms.BooleanField(required=False, label="Oxygen unchanged")
    oxygen_device = WordField(DEVICES, label="Oxygen device")
    oxygen_flow = NumberField(label="Oxygen flow", unit="L/min", check=_flow_possible)
    fio2 = NumberField(label="FiO2", unit="%", check=possible("fio2_percent"))
    for_hypoxia = YesNoField(label="For hypoxia")
    oxygen_standing = forms.CharField(required=False, widget=forms.HiddenInput)

    def read_oxygen(self, standing: Standing) -> tuple[Oxygen | None, str]:
        """The oxygen charted, and in words the device it is read with where none was chosen. Adds errors."""
        typed = self.cleaned_data
        device, flow, fio2 = typed.get("oxygen_device"), typed.get("oxygen_flow"), typed.get("fio2")
        for_hypoxia = typed.get("for_hypoxia")
        if typed.get("oxygen_same"):
            more = bool(device) or (flow, fio2, for_hypoxia) != (None, None, None)
            return self._unchanged(standing, more=more), ""
        if device:
            self._refuse_room_air(device, flow, fio2)
            return Oxygen(device=device, flow_l_min=flow, fio2_percent=fio2, for_hypoxia=for_hypoxia), ""
        if flow is None and fio2 is None and for_hypoxia is None:
            return None, ""
        field = "oxygen_flow" if flow is not None else "fio2" if fio2 is not None else "for_hypoxia"
        if standing.oxygen is None:
            self.add_error(field, Refused("No oxygen device is in force: choose the device."))
            return None, ""
        charted = standing.oxygen
        if typed.get("oxygen_standing") != standing.oxygen_token:
            now = f"{oxygen_words(charted.value)}, charted {shown_time(charted.at)}"
            self.add_error(field, Refused(f"The device in force is now {now}: choose the device."))
            return None, ""
        answered = charted.value.for_hypoxia if for_hypoxia is None else for_hypoxia
        if flow is None and fio2 is None:  # only the question about the device in force was answered
            read = replace(charted.value, for_hypoxia=answered)
            shown = oxygen_words(read, read.flow_l_min)
        else:
            read = Oxygen(device=charted.value.device, flow_l_min=flow, fio2_percent=fio2, for_hypoxia=answered)
            shown = oxygen_words(replace(read, fio2_percent=None))
            self._refuse_room_air(read.device, flow, fio2)
        return read, f"read with {shown}, charted {shown_time(charted.at)}"

    def _unchanged(self, standing: Standing, *, more: bool) -> Oxygen | None:
        """The oxygen in force, confirmed as it was shown. Adds errors."""
        if more:
            words = "«Unchanged» is ticked, yet more is typed: untick it, or clear the rest."
        elif standing.oxygen is None:
            words = "No oxygen device is in force at that time: choose the device."
        elif self.cleaned_data.get("oxygen_standing") != standing.oxygen_token:
            worn = standing.oxygen.value
            now = f"{oxygen_words(worn, worn.flow_l_min)}, charted {shown_time(standing.oxygen.at)}"
            words = f"In force is now {now}: choose the device."
        else:
            return standing.oxygen.value
        self.add_error("oxygen_same", Refused(words))
        return None

    def _refuse_room_air(self, device: str, flow: Decimal | None, fio2: Decimal | None) -> None:
        if device != "room-air":
            return
        if flow is not None:
            self.add_error("oxygen_flow", Refused("Room air has no flow: choose the device, or clear the flow."))
        if fio2 is not None and fio2 != 21:
            self.add_error("fio2", Refused("Room air is 21%: choose the device, or clear the FiO2."))

    def asked_of_oxygen(self, oxygen: Oxygen | None) -> Iterator[Question]:
        if oxygen is None or self.cleaned_data.get("oxygen_flow") is None or oxygen.flow_l_min is None:
            return
        outcome: Any = limits.check_flow(oxygen.flow_l_min, oxygen.device)
        if isinstance(outcome, limits.Asked):
            yield question("oxygen_flow", outcome)
