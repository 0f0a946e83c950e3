"""Which addresses does the site have, and how is each of them asked for?"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from patients.models import Patient, Ward

A_KEY: Final = 987_654_321  # where an address needs the key of a row: there is none


def pages(resolver: URLResolver | None = None, before: str = "", within: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every address: its name, its pattern and its view. What has no name is named by its pattern."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{within}{one.name}" if one.name else route, route, one.callback
        else:
            yield from pages(one, route, f"{within}{one.namespace}:" if one.namespace else within)


def address(page: str, patient: Patient, ward: Ward) -> str:
    """The address of a page of the site, about this patient or ward."""
    route = routes()[page]
    return reverse(page, kwargs={name: _key(name, page, route, patient, ward) for name in keys_in(route)})


@cache
def routes() -> dict[str, str]:
    """The pattern of every address of the site, by its name."""
    return {name: route for name, route, _ in pages()}


def keys_in(route: str) -> list[str]:
    """The names of the keys in a pattern."""
    return re.findall(r"<(?:\w+:)?(\w+)>", route)


def _key(name: str, page: str, route: str, patient: Patient, ward: Ward) -> object:
    match name:
        case "pk" if route.startswith("accounts/"):
            return A_KEY
        case "pk":
            return ward.pk if route.startswith("wards/") else patient.pk
        case "course":
            return patient.infusions.get().pk
        case "sign":
            return "temperature"
        case "submission_id":
            return UUID(int=A_KEY)
        case "provider_id":
            return "site"
        case "row" | "concern" | "decision" | "pause" | "display" | "person" | "session":
            return A_KEY
    raise LookupError(f"{page}: say in tests/patients/addresses.py what <{name}> is")
