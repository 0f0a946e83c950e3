"""What do the scales and protocols hold, as a page for people? `python -m grading.catalog` prints `docs/scales.md`.

Generated from the tables that grade, so that the page cannot say anything else than the product does.
"""

import sys
from collections.abc import Iterator

from grading import RULES_VERSION
from grading.protocols import rows
from grading.scales import ALL
from grading.sources import A19, C4, C5, HOUSE, L14, R24
from grading.terms import Scale
from grading.words import CAUSES, PROTOCOLS, SCALES


def page() -> str:
    """`docs/scales.md`, whole."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Scales and protocols"
    yield ""
    yield "Generated from `grading/` by `make scales`; do not edit."
    yield ""
    yield f"Rules version {RULES_VERSION}. A criterion is met, not met or unknown: the grade is the highest with a met"
    yield "criterion, «at most» the highest with a met or unknown one. [H] marks a house interpretation, where the"
    yield "sources are silent or disagree."
    yield ""
    yield "| source | |"
    yield "| --- | --- |"
    for source in (L14, R24, A19, C4, C5, HOUSE):
        yield f"| [{source.key}] | {source.citation} |"
    for scale in ALL:
        yield from _scale(scale)
    yield ""
    yield "## The protocols' steps"
    yield ""
    yield "In the order in which they are shown. ° is not suggested before CRS is confirmed."
    for protocol, name in PROTOCOLS.items():
        yield from _protocol(protocol, name)


def _scale(scale: Scale) -> Iterator[str]:
    yield ""
    yield f"## {SCALES[scale.id]} (`{scale.id}`, edition {scale.edition}) {scale.source}"
    yield ""
    yield "| grade | criterion | shown as | met when | source |"
    yield "| --- | --- | --- | --- | --- |"
    for criterion in scale.criteria:
        yield (
            f"| {criterion.grade} | `{criterion.key}` | {criterion.words} | {criterion.condition.text} "
            f"| {criterion.source} |"
        )


def _protocol(protocol: str, name: str) -> Iterator[str]:
    causes: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for cause in CAUSES:
        steps = tuple((f"`{row.id}`{' °' if row.drug else ''}", str(row.source)) for row in rows(protocol, cause))
        causes.setdefault(steps, []).append(CAUSES[cause])
    for steps, names in causes.items():
        yield ""
        yield f"### {name}: {'every cause' if len(names) == len(CAUSES) else ', '.join(names)}"
        yield ""
        yield "| step | source |"
        yield "| --- | --- |"
        for step, source in steps:
            yield f"| {step} | {source} |"


if __name__ == "__main__":
    sys.stdout.write(page())
