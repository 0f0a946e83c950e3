"""How do tests fill in the assessment form? As a browser without a script does: the fields of the page, some typed."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from patients.models import Patient, User


class Fields(HTMLParser):
    """The values a browser would post for the form with this id."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form
        self.values: dict[str, list[str]] = {}
        self.inside = self.template = False
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("id") == self.form
        elif tag == "template":
            self.template = True
        elif not self.inside or self.template:
            return
        elif tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select" and "disabled" not in given:
            self.select, self.values[name] = name, [""]
        elif tag == "option" and self.select and "selected" in given:
            self.values[self.select] = [given.get("value") or ""]
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "template":
            self.template = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.inside and not self.template:
            self.values[self.textarea] = [data.lstrip("\n")]


def fields_of(page: Any, form: str = "assess") -> dict[str, Any]:
    parser = Fields(form)
    parser.feed(page.content.decode())
    return {name: values if len(values) != 1 else values[0] for name, values in parser.values.items()}


class Form:
    """The form of one patient, opened by one user."""

    def __init__(self, user: User, patient: Patient) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.address = f"/patients/{patient.pk}/assess/"
        self.page = self.client.get(self.address)
        assert self.page.status_code == 200, self.page.status_code
        self.values = fields_of(self.page)

    def fill(self, **values: Any) -> "Form":
        """Double underscores stand for the dashes of rows: vasopressors__0__rate."""
        self.values |= {name.replace("__", "-"): value for name, value in values.items()}
        return self

    def verdict(self, **headers: str) -> str:
        answer = self.client.post(f"{self.address}verdict/", self.values, headers={"HX-Request": "true", **headers})
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def record(self, **extra: Any) -> Any:
        return self.client.post(self.address, self.values | extra)
