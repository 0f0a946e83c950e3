"""Which forms do the pages have, and what would a browser post of each when its author has filled it in?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

# What a person types into a field that has no choices, by its name; a name that is not here is left as it stands.
TYPED: Final[Mapping[str, str]] = {
    "temperature": "38.6",
    "heart_rate": "110",
    "respiratory_rate": "22",
    "systolic": "118",
    "diastolic": "70",
    "spo2": "95",
    "weight_kg": "71",
    "height_cm": "171",
    "mrn": "555 123 0001",
    "family_name": "Berg",
    "given_name": "Ada",
    "birth_date": "14-Aug-1980",
    "product": "axicabtagene ciloleucel",
    "started_at": "05-Jan-2026 04:28",
    "drug": "acetaminophen",
    "dose": "650",
    "analyte": "ferritin",
    "value": "812",
    "why": "gray and sweating",
    "text": "seen with the fellow",
    "note": "slept well",
    "label": "Corridor",
    "number": "999 123 4567",
    "password": "a ward at night, quiet",
    "login": "nobody",
}


@dataclass(slots=True)
class Form:
    """One form as it stands on a page: where it leads, and by name what it would post and what it offers."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        """As a browser posts it after somebody has filled in what was empty."""
        values = {name: list(given) for name, given in self.values.items()}
        for name, given in values.items():
            if given == [""] and name in TYPED:
                values[name] = [TYPED[name]]
        for name, offered in self.choices.items():
            wanted = [one for one in offered if one]
            if wanted and not any(values.get(name, [])):
                values[name] = [wanted[0]]
        return values


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.inside: Form | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.inside = Form(given.get("action") or self.address, given.get("method", "get").lower())
            self.found.append(self.inside)
        if self.inside is None:
            return
        form = self.inside
        if tag == "option" and self.select:
            form.choices.setdefault(self.select, []).append(given.get("value", ""))
            if "selected" in given:
                form.values[self.select] = [given.get("value", "")]
        elif not name:
            return
        elif tag == "input" and given.get("type") in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input":
            form.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "button":
            form.choices.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self.select = name
            form.values[name] = [""]
        elif tag == "textarea":
            self.textarea = name
            form.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.inside is not None:
            self.inside.values[self.textarea] = [data.lstrip("\n")]


def forms_on(page: str, address: str) -> list[Form]:
    """The forms of a page that was read at `address`."""
    parser = _Forms(address)
    parser.feed(page)
    return parser.found
