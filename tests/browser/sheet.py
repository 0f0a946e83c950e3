"""How does a test chart on the assessment form in a real browser?"""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from grading.words import AGENTS, DEVICES
from patients.models import Patient

LABELS = {
    "temperature_c": "Temperature",
    "systolic": "Systolic",
    "diastolic": "Diastolic",
    "mean": "Mean",
    "heart_rate": "Heart rate",
    "respiratory_rate": "Respiratory rate",
    "spo2_percent": "SpO2",
    "fluid_bolus": "Fluid bolus",
    "hypotension": "Hypotension",
    "pressure_restored": "Pressure restored",
    "consciousness": "Consciousness",
    "note": "Note",
}


class Sheet:
    """The form of one patient on `page`."""

    def __init__(self, page: Page, patient: Patient) -> None:
        self.page = page
        self.patient = patient
        self.panel = page.locator("#verdict-panel")

    def open(self) -> "Sheet":
        self.page.goto(f"/patients/{self.patient.pk}/assess/")
        return self.settled()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def settled(self) -> "Sheet":
        """Waits until the panel has answered for what is in the form."""
        expect(self.panel).to_have_attribute("data-state", "open", timeout=15_000)
        return self

    def grade(self) -> tuple[int, int | None]:
        """The governing grade shown, and what «at least» leaves open: (2, 4) is at least 2, at most 4."""
        self.settled()
        rank = int(self.panel.locator("[data-echo]").get_attribute("data-rank") or "")
        assert self.panel.locator(".verdict-head").count(), self.panel.inner_text()
        chip = self.panel.locator(".verdict-head .grade").inner_text()
        assert f"rade {rank}, " in chip
        return rank, None if chip.startswith("At least") else rank

    def type(self, label: str, text: str) -> "Sheet":
        self.field(label).fill(text)
        return self.settled()

    def choose(self, label: str, words: str) -> "Sheet":
        self.field(label).select_option(label=words)
        return self.settled()

    def chart(self, name: str, value: Any) -> None:
        """Types one value of the case format, by its label on the sheet."""
        if name == "oxygen":
            self.choose("Oxygen device", DEVICES[value["device"]])
        elif name == "vasopressors":
            self._vasopressors(value)
        elif name == "constitutional":
            self._open("Symptoms")
            for symptom in value:
                self.page.get_by_label(symptom.capitalize(), exact=True).check()
        elif name == "attributed_elsewhere":
            for what in value:
                self.page.get_by_label(f"{what.capitalize()} attributed elsewhere", exact=True).check()
            if value:
                self.type("Reason", "as the physician said")
            else:
                self.page.get_by_label("Nothing attributed elsewhere").check()
        elif isinstance(value, bool):
            self.choose(LABELS[name], "Yes" if value else "No")
        elif name == "consciousness":
            self._open("Neurology")
            self.field("Consciousness").select_option(value)
        else:
            self.type(LABELS[name], str(value))
        self.settled()

    def _open(self, title: str) -> None:
        section = self.page.locator("details", has=self.page.locator("summary", has_text=title))
        if section.get_attribute("open") is None:
            self.page.locator("summary", has_text=title).click()

    def _vasopressors(self, charted: list[dict[str, Any]]) -> None:
        if not charted:
            self.page.get_by_label("None running").check()
            return
        wanted = {one["agent"]: one for one in charted}
        for row in self.page.locator("[data-row][data-token]").all():
            name = row.locator("strong").inner_text()
            agent = next(agent for agent, words in AGENTS.items() if name.startswith(words))
            one = wanted.pop(agent, None)
            if one is None:
                row.get_by_label("Stopped").check()
            elif "rate" in one:
                row.get_by_label("New rate").check()
                row.get_by_label("Rate", exact=True).fill(str(one["rate"]))
                row.get_by_label("Unit", exact=True).select_option(one["unit"])
            else:
                row.get_by_label("Same").check()
        for n, one in enumerate(wanted.values()):
            if n:
                self.page.get_by_role("button", name="Add an agent").click()
            row = self.page.locator("[data-row]:not([data-token])").nth(n)
            row.get_by_label("Agent", exact=True).select_option(one["agent"])
            if "rate" in one:
                row.get_by_label("Rate", exact=True).fill(str(one["rate"]))
                row.get_by_label("Unit", exact=True).select_option(one["unit"])
            self.settled()

    def record(self) -> None:
        self.page.get_by_role("button", name="Record for").click()
        self.recorded()

    def recorded(self) -> None:
        expect(self.page).to_have_url(f"/patients/{self.patient.pk}/", timeout=15_000)
