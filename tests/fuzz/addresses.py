"""Which addresses does the site have? Read from its address table, so that a new one is fuzzed without being named."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter
from django.utils.regex_helper import normalize

from tests.fuzz.world import World

# Keys of nothing, at the edges of what a column holds and beyond
NO_KEYS: Final = (0, 1, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**40)


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the address table: its path with the parts that vary, by name, and how each is converted."""

    name: str
    path: str  # `/patients/{pk}/` …
    parts: tuple[tuple[str, Any], ...]
    kind: str  # of an address about one kind of row: that kind

    def at(self, keys: dict[str, Any]) -> str:
        return self.path.format(**keys)

    def keys(self, world: World, numbers: Sequence[int]) -> dict[str, Any]:
        """Mostly of our own patient, at times of the other ward's, or of nothing: by one number a part."""
        found: dict[str, Any] = {}
        for (name, converter), number in zip(self.parts, numbers, strict=False):
            own = self._known(name, converter, world, world.here)
            others = self._known(name, converter, world, world.there)
            nothing = NO_KEYS if converter.regex == "[0-9]+" else ("nothing",) if not own else ()
            offered = [*own, *own, *own, *others, *nothing]
            found[name] = offered[number % len(offered)]
        return found

    def own(self, world: World) -> dict[str, Any] | None:
        """The first address of our own patient; None where a part of it is none of our rows."""
        found: dict[str, Any] = {}
        for name, converter in self.parts:
            known = self._known(name, converter, world, world.here)
            if not known:
                return None
            found[name] = known[0]
        return found

    def _known(self, name: str, converter: Any, world: World, side: Any) -> Sequence[Any]:
        if name == "pk" and "/wards/" in self.path:
            return [side.ward.pk]
        if known := world.keys(name, self.kind, side):
            return known
        return converter.regex.split("|") if "|" in converter.regex and "[" not in converter.regex else ()


def addresses() -> list[Address]:
    """Every address of the site, by its name or else its path."""
    return sorted(_walk(get_resolver().url_patterns, "/", ()), key=lambda one: (one.name, one.path))


def _walk(
    patterns: Sequence[URLPattern | URLResolver], before: str, parts: tuple[tuple[str, Any], ...]
) -> Iterator[Address]:
    for one in patterns:
        path, names = normalize(one.pattern.regex.pattern)[0]
        path = before + re.sub(r"%\((\w+)\)s", r"{\1}", path)
        found = (*parts, *((name, one.pattern.converters.get(name, StringConverter())) for name in names))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path, found)
        else:
            yield Address(one.name or path, path, found, str(one.default_args.get("kind", "")))
