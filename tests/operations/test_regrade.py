"""Is each grade that other rules change listed before anything is stored, and is no signature touched?"""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from grading import RULES_VERSION
from patients import actions
from patients.models import AuditEntry, Signature, StoredVerdict, Submission, User
from tests.operations.conftest import NewDatabase, Release, rows, within
from tests.patients.cast import a_submission


@pytest.fixture(scope="module")
def site(release: Release, new_database: NewDatabase) -> Iterator[None]:
    """The first release's record under the present rules, and one verdict and one signature of older rules in it."""
    with within(new_database(of=release.name)):
        yield


def ran(*arguments: str) -> tuple[int, str, str]:
    """Its exit status, what it listed, and what it said of that."""
    out, err = StringIO(), StringIO()
    try:
        call_command("regrade", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def of_older_rules() -> tuple[StoredVerdict, Signature]:
    """Under the older rules a grade was lower by one, and was signed as that."""
    signature = Signature.objects.standing().filter(computed_grade=3).latest("id")
    verdict = StoredVerdict.objects.filter(assessment=signature.assessment, governing=True).latest("id")
    assert verdict.grade == verdict.at_most == signature.computed_grade == 3
    by = a_submission(signature.entered_by)
    common: dict[str, Any] = {"submission": by, "rules_version": "2025.9"}
    kept = {field.attname: getattr(verdict, field.attname) for field in verdict._meta.concrete_fields[1:]}
    older = StoredVerdict.objects.create(
        **{name: value for name, value in kept.items() if name not in ("submission_id", "rules_version")}
        | common
        | {"grade": 2, "at_most": 2, "known_at": by.entered_at}
    )
    kept = {field.attname: getattr(signature, field.attname) for field in signature._meta.concrete_fields[1:]}
    signed = Signature.objects.create(
        **{name: value for name, value in kept.items() if name not in ("submission_id", "rules_version")}
        | common
        | {
            "computed_grade": 2,
            "computed_at_most": 2,
            "confirmed_grade": 2,
            "basis": signature.basis | {"grade": 2, "at_most": 2},
        }
    )
    return older, signed


@pytest.mark.usefixtures("site")
def test_a_change_of_rules_is_listed_then_stored_with_its_reason_and_no_signature_is_touched() -> None:
    # What the first release stored is what the present rules grade.
    assert ran("--dry-run")[0] == 0

    older, signed = of_older_rules()
    before = rows()
    status, listed, said = ran("--dry-run")
    assert status == 1 and "1 differences at 1 assessments" in said and "Nothing was changed" in said
    (line,) = listed.splitlines()
    for part in (
        f"patient {signed.infusion.patient_id}, assessment {signed.assessment_id} at ",
        "ASTCT 2019: 2 → 3 (grade, at most; rules 2025.9 → " + RULES_VERSION,
        f"signature {signed.pk} is open by it",
    ):
        assert part in line
    assert signed.infusion.patient.mrn not in listed and signed.infusion.patient.family_name not in listed

    status, listed, _ = ran("--dry-run", "--format", "csv")
    (row,) = csv.DictReader(StringIO(listed))
    assert status == 1
    assert (row["was"], row["now"], row["rules_was"], row["signature"]) == ("2", "3", "2025.9", str(signed.pk))
    more = {table for table, (_, now) in rows().items() if now != before[table][1]}
    assert more == {"patients_auditentry"}  # that somebody looked
    assert AuditEntry.objects.filter(event="regrade").count() == 3

    signatures = [model_to_dict(one) for one in Signature.objects.order_by("id")]
    status, said, _ = ran("--by", "admin", "--reason", "Rules 2026.1, agreed on 12 November")
    assert status == 0 and "of 1 patients" in said
    stored = StoredVerdict.objects.filter(assessment=signed.assessment, scale=older.scale).latest("id")
    assert (stored.grade, stored.rules_version) == (3, RULES_VERSION)
    act = Submission.objects.get(pk=stored.submission_id)
    assert (act.act, act.values["reason"]) == ("regrade", "Rules 2026.1, agreed on 12 November")
    assert StoredVerdict.objects.get(pk=older.pk).grade == 2  # as known then
    assert [model_to_dict(one) for one in Signature.objects.order_by("id")] == signatures
    assert ran("--dry-run")[0] == 0


@pytest.mark.usefixtures("site")
def test_grades_are_stored_anew_by_an_administrator_with_a_reason_only() -> None:
    assert ran()[0] == ran("--dry-run", "--by", "admin")[0] == 2
    assert ran("--by", "nobody", "--reason", "x")[2] == "Nobody is called nobody."
    of_older_rules()
    for arguments, why in (
        (("--by", "ada", "--reason", "x"), "may not regrade"),
        (("--by", "admin"), "reason: Needed"),
    ):
        status, _, said = ran(*arguments)
        assert status == 2 and why in said, said
    admin, patient = User.objects.get(username="admin"), Signature.objects.latest("id").infusion.patient
    act: dict[str, Any] = {"by": admin, "submission_id": uuid4(), "patient": patient, "reason": "agreed"}
    assert actions.regrade(**act) == actions.regrade(**act)  # a retry
    assert ran("--dry-run")[0] == 0
