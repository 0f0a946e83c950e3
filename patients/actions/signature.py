"""A physician confirms the computed grade, or overrides it; nothing is erased."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from grading import RULES_VERSION
from grading.basis import signed_facts
from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.models import Assessment, Signature, User
from patients.record import charted, infusion_at
from patients.signatures import facts_changed, graded_at, signatures_of, signed_since

BEFORE: Final = "From before the infusion: there is no grade to sign."


class FactsChanged(Refused):
    """The facts under the grade are no longer those looked at: `changed` says what. Nothing was recorded."""

    def __init__(self, changed: tuple[str, ...]) -> None:
        self.changed = changed
        super().__init__({WHOLE: f"The record changed while you looked at it: {'; '.join(changed)}. Look again."})


def sign(
    *,
    by: User,
    submission_id: UUID,
    assessment: Assessment,
    confirmed_grade: int,
    basis: Mapping[str, Any],
    reason: str | None = None,
    text: str = "",
    signed: int | None = None,
) -> Signature:
    """The governing grade at one assessment; it covers the lower ones before it.

    `basis` is `grading.basis.signed_facts` as looked at. Another grade than the computed one needs a `reason`, a key of
    `OVERRIDE_REASONS`, and a text. `signed` is the key of the course's latest signature that was shown (None: none).
    Raises `FactsChanged`, `Refused`.
    """

    def write(entry: Entry) -> Signature:
        infusion = infusion_at(assessment.patient, assessment.at)
        if infusion is None:
            raise Refused({WHOLE: BEFORE})
        of = charted([infusion])[0]
        graded = graded_at(of.graded(), assessment.pk)
        if graded is None:
            raise FactsChanged(("this assessment no longer stands",))
        verdict = graded.verdict
        if verdict is None or verdict.grade is None or verdict.at_most is None:
            raise Refused({WHOLE: BEFORE})
        facts = signed_facts(graded)
        later = signed_since(signatures_of([infusion]).get(infusion.pk, []), signed)
        changed = (*later, *facts_changed(basis, facts))
        if changed:
            raise FactsChanged(changed)
        if confirmed_grade == verdict.grade and reason:
            raise Refused({"reason": "Only for another grade than the computed one."})
        if confirmed_grade != verdict.grade and not (reason and text.strip()):
            missing = "text" if reason else "reason"
            raise Refused({missing: f"Needed for another grade than the computed one, {verdict.grade}."})
        return Signature.objects.create(
            infusion=infusion,
            assessment=assessment,
            scale=verdict.scale,
            computed_grade=verdict.grade,
            computed_at_most=verdict.at_most,
            confirmed_grade=confirmed_grade,
            reason=reason or None,
            text=text,
            basis=facts,
            rules_version=RULES_VERSION,
            settings_version=of.settings.version,
            protocol=of.course.protocol,
            **entry.columns,
        )

    return perform(
        "sign",
        by=by,
        submission_id=submission_id,
        patient=assessment.patient,
        values={
            "assessment": assessment,
            "confirmed_grade": confirmed_grade,
            "basis": basis,
            "reason": reason or None,
            "text": text,
            "signed": signed,
        },
        write=write,
        again=lambda submission: Signature.objects.get(submission=submission),
        regrade=lambda row: [],
    )
