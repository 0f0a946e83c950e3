"""Has anything been written about a patient since? What tells an answer that may be kept from one that is old."""

from collections import Counter
from collections.abc import Collection

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from patients.models import Submission


def writes_of(patients: Collection[int]) -> dict[int, int]:
    """How many acts were recorded about each of these patients, by their keys. Two queries.

    Every write is one act (`patients.actions.act.perform`) with one append-only row. Rows are counted and not the
    latest looked for: acts that commit in another order than they began, or under a clock that was set back, count
    all the same. What was moved here from another patient's record is an act on that one: it counts for both.
    """
    found: Counter[int] = Counter(dict.fromkeys(patients, 0))
    on = Submission.objects.filter(patient__in=patients).values_list("patient").annotate(Count("pk"))
    for patient, count in on.order_by():
        found[patient] += count
    moved = Submission.objects.filter(act="move_to_patient").annotate(to=KeyTextTransform("to", "values"))
    for to in moved.filter(to__in=[str(key) for key in patients]).values_list("to", flat=True):
        found[int(to)] += 1
    return dict(found)
