"""Which grades wait for a physician's signature, and does a signature still stand?

A signature covers its assessment and every earlier one of no higher grade. It is open again when its assessment no
longer stands, or when the facts computed for it now are other ones; then it covers nothing. What was signed and changed
is asked for again, also where a signature of a later assessment would cover it: only one that was made after the
change does.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grading.attribution import without_words
from grading.basis import signed_facts
from grading.result import GradedAssessment, GradedCourse, Verdict
from patients.formats import shown_time
from patients.models import Assessment, Infusion, Signature, StoredVerdict
from patients.models.correction import CorrectedRow, correction_of
from patients.record import versions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature as it stands now. `changed`: what is no longer as signed; empty while it stands."""

    signature: Signature
    changed: tuple[str, ...]
    assessment_gone: bool

    @property
    def open_again(self) -> bool:
        return bool(self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """What the worklist asks for in one course: the highest grade that no signature covers, the latest of them."""

    infusion: Infusion
    assessment: Assessment
    graded: GradedAssessment
    verdict: Verdict
    why: tuple[str, ...]  # in words, the strongest first
    unseen_since: datetime  # of the earliest assessment that waits
    reopened: SignatureView | None  # the latest signature that is open again
    signed: int | None  # the key of the latest signature of the course, for the form

    @property
    def basis(self) -> dict[str, Any]:
        """What a signature of it rests on, for the form."""
        return signed_facts(self.graded)


def signatures_of(infusions: Iterable[Infusion], *, signers: bool = True) -> dict[int, list[Signature]]:
    """By course, in the order of signing; `signers` with who signed. Two queries."""
    versions = versions_of(infusions)
    found: dict[int, list[Signature]] = {}
    rows = Signature.objects.standing().filter(infusion__in=versions.keys()).order_by("id")
    for row in rows.select_related("entered_by") if signers else rows:
        found.setdefault(versions[row.infusion_id], []).append(row)
    return found


def signature_views(signatures: Iterable[Signature], graded: GradedCourse) -> list[SignatureView]:
    """Each with what changed under it. Of several at one assessment only the last can stand."""
    by_key = {_row(one).pk: one for one in graded.assessments}
    given = list(signatures)
    last = {one.assessment_id: one.pk for one in given}
    return [
        SignatureView(
            signature=one,
            changed=_changed(one, by_key.get(one.assessment_id)),
            assessment_gone=one.assessment_id not in by_key,
        )
        for one in given
        if last[one.assessment_id] == one.pk
    ]


def open_again(signature: Signature, graded: GradedCourse) -> bool:
    """Whether the facts under it are no longer those that were signed."""
    return bool(_changed(signature, graded_at(graded, signature.assessment_id)))


def to_sign(infusion: Infusion, graded: GradedCourse, signatures: Sequence[Signature]) -> ToSign | None:
    """What waits in this course: the grade rose, is 2 or more, is uncertain, or what was signed is another now."""
    views = signature_views(signatures, graded)
    assessed = [one for one in graded.assessments if one.verdict is not None]
    place = {_row(one).pk: index for index, one in enumerate(assessed)}
    covers = [(place[view.signature.assessment_id], view.signature) for view in views if not view.open_again]
    changed = _changed_since_signed(views, graded) if covers else {}
    waiting = [
        (index, one)
        for index, one in enumerate(assessed)
        if not any(
            signed >= index
            and signature.computed_grade >= _grade(one)
            and (_row(one).pk not in changed or signature.entered_at > changed[_row(one).pk])
            for signed, signature in covers
        )
    ]
    if not waiting:
        return None
    reopened = _reopened(views, {_row(one).pk for _, one in waiting})
    rose = [one for index, one in waiting if _grade(one) > (_grade(assessed[index - 1]) if index else 0)]
    _, asked = max(waiting, key=lambda pair: (_grade(pair[1]), pair[0]))
    _, latest = waiting[-1]
    assert asked.verdict is not None and latest.verdict is not None
    why = []
    if reopened is not None:
        why.append(f"what was signed has changed: {'; '.join(reopened.changed)}")
    if rose:
        why.append(f"the grade rose to {max(map(_grade, rose))}")
    if _grade(asked) >= 2:
        why.append(f"grade {_grade(asked)}")
    if not latest.verdict.certain:
        why.append("the grade is uncertain")
    if not why:
        return None
    return ToSign(
        infusion=infusion,
        assessment=_row(asked),
        graded=asked,
        verdict=asked.verdict,
        why=tuple(why),
        unseen_since=waiting[0][1].at,
        reopened=reopened,
        signed=max((one.pk for one in signatures), default=None),
    )


def worklist(courses: Iterable[tuple[Infusion, GradedCourse]]) -> list[ToSign]:
    """What waits in these courses, the highest grade first, of one grade the longest unseen. Two queries."""
    given = list(courses)
    signed = signatures_of(infusion for infusion, _ in given)
    asked = [to_sign(infusion, graded, signed.get(infusion.pk, [])) for infusion, graded in given]
    return in_order(one for one in asked if one is not None)


def in_order(asked: Iterable[ToSign]) -> list[ToSign]:
    """The highest grade first, of one grade the longest unseen."""
    return sorted(asked, key=lambda one: (-_grade(one.graded), one.unseen_since))


def facts_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two `signed_facts`, in words; empty where nothing does.

    What was left out is compared where the earlier facts name it: those signed before it was kept do not.
    """
    if "left_out" not in before:
        now = {name: value for name, value in now.items() if name != "left_out"}
    if dict(before) == dict(now):
        return ()
    said = []
    if before.get("scale") != now["scale"]:
        said.append("another scale governs")
    elif before.get("grade") != now["grade"]:
        said.append(f"the grade is {now['grade']}, was {before.get('grade')}")
    elif before.get("at_most") != now["at_most"]:
        said.append(f"the grade is at most {now['at_most']}, was at most {before.get('at_most')}")
    if not said and _keys(before) != _keys(now):
        said.append("other criteria are met")
    if not said:
        if before.get("met") != now["met"]:
            said.append("a value behind it is another")
        elif before.get("unknown") != now["unknown"]:
            said.append("other facts are unknown")
        else:
            said.append(f"it is {without_words(now['left_out']) or 'no longer without what had another cause'}")
    return tuple(said)


def signed_since(signatures: Sequence[Signature], seen: int | None) -> tuple[str, ...]:
    """Who signed in the course since the signature of the key `seen` (None: none) was shown, in words; else empty."""
    return tuple(_said(one) for one in signatures if seen is None or one.pk > seen)


def _said(signature: Signature) -> str:
    said = f"{signature.entered_by} signed grade {signature.confirmed_grade} at {shown_time(signature.entered_at)}"
    why = [signature.get_reason_display()] if signature.reason else []
    return ": ".join((said, ", ".join(filter(None, (*why, signature.text))))).removesuffix(": ")


def graded_at(graded: GradedCourse, assessment_pk: int) -> GradedAssessment | None:
    """The assessment of that key in the course; None where it stands no longer."""
    return next((one for one in graded.assessments if _row(one).pk == assessment_pk), None)


def _changed(signature: Signature, graded: GradedAssessment | None) -> tuple[str, ...]:
    if graded is None or graded.verdict is None:
        return ("the assessment was corrected",)
    return facts_changed(signature.basis, signed_facts(graded))


def _changed_since_signed(views: Iterable[SignatureView], graded: GradedCourse) -> dict[int, datetime]:
    """By the key of each assessment that was signed and is another now: since when that is known. What was corrected
    is under the key of the row that holds in its place. No query while every signature stands."""
    changed: dict[int, datetime] = {}
    for view in views:
        if not view.open_again:
            continue
        row: CorrectedRow | None = view.signature.assessment
        since: datetime | None = None
        while row is not None and (gone := correction_of(row)) is not None:
            row, since = gone.replacement, gone.entered_at
        now = graded_at(graded, row.pk) if row is not None else None
        if now is None or now.verdict is None:
            continue  # nothing is left there to be signed
        if since is None:
            stored = StoredVerdict.objects.filter(assessment=_row(now), scale=now.verdict.scale)
            since = stored.latest("id").known_at
        changed[_row(now).pk] = max(since, changed.get(_row(now).pk, since))
    return changed


def _reopened(views: Sequence[SignatureView], waiting: Container[int]) -> SignatureView | None:
    """The latest signature whose facts changed, until it is signed anew: its assessment waits, or is gone and nothing
    was signed since."""
    signed = [view.signature.entered_at for view in views if not view.open_again]
    for view in reversed(views):
        gone = correction_of(view.signature.assessment) if view.assessment_gone else None
        unanswered = view.assessment_gone and not any(gone is None or at > gone.entered_at for at in signed)
        if view.open_again and (unanswered or view.signature.assessment_id in waiting):
            return view
    return None


def _keys(facts: Mapping[str, Any]) -> list[str]:
    return [one["key"] for one in facts.get("met", ())]


def _grade(graded: GradedAssessment) -> int:
    assert graded.verdict is not None and graded.verdict.grade is not None
    return graded.verdict.grade


def _row(graded: GradedAssessment) -> Assessment:
    row = graded.assessment.ref
    assert isinstance(row, Assessment)
    return row
