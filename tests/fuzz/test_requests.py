"""Does every address of the site withstand anything that is sent to it?

No failure, no hang, nothing half written, no markup that comes back as it went in, and nothing of another ward's
patient. The addresses are read from the address table and the forms from the pages: what is added is tried too. Every
request is undone, so each begins from the same world.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from math import ceil
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, given, note, settings

from patients.models import Assessment, Infusion, Patient, StoredVerdict, Submission
from patients.record import charted
from tests.fuzz.addresses import Address, addresses
from tests.fuzz.attacks import Attack, Plan, plans
from tests.fuzz.conftest import FULL
from tests.fuzz.forms import Form, forms_on
from tests.fuzz.odd import MARKUP, QUOTE
from tests.fuzz.world import CANARIES, World

ADDRESSES: Final = addresses()
ALL: Final = 10_000
EACH: Final = ceil((ALL if FULL else ALL // 10) / len(ADDRESSES))
PATIENCE_S: Final = 30
CHANGES_NOTHING: Final = frozenset({"assign_ward"})  # where everybody keeps who they have
LOOKS: Final = ("physician", "charge-nurse", "nurse", "admin", "auditor", "signed out")  # the first who may


class Forms:
    """By the name of the address they lead to: the forms of all pages, each with who was shown it."""

    def __init__(self) -> None:
        self.leading_to: dict[str, list[tuple[str, Form]]] = {}

    def __repr__(self) -> str:
        return "the forms"  # hypothesis shows what a test was given


# The tables of which every row says by which submission it was written
OF_SUBMISSIONS: Final = [
    model
    for model in apps.get_app_config("patients").get_models()
    if any(field.related_model is Submission for field in model._meta.concrete_fields)
]
# Those whose rows come with the rows above, and with nothing else
WITH_THEM: Final = [
    model
    for model in apps.get_app_config("patients").get_models()
    if model._meta.model_name in ("patient", "ward", "bed", "assessmentvasopressor", "assessmentorgantoxicity")
]
CLINICAL: Final[list[type[models.Model]]] = [Submission, *OF_SUBMISSIONS, *WITH_THEM]


@pytest.fixture(scope="module")
def forms(world: World) -> Forms:
    forms = Forms()
    found = forms.leading_to
    for address in ADDRESSES:
        keys = address.own(world)
        if keys is None:
            continue
        path = address.at(keys)
        for who in LOOKS:
            answer = world.clients[who].get(path)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                for form in forms_on(answer.content.decode(), path):
                    try:
                        to = resolve(form.action.partition("?")[0]).url_name or ""
                    except Resolver404:
                        continue
                    if form.method == "post" and len(found.setdefault(to, [])) < 4:
                        found[to].append((who, form))
                break
    return forms


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # what is sent may be huge
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
@settings(
    max_examples=EACH,
    derandomize=not FULL,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a request is small enough as it was drawn
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plan=plans())
def test_an_address_withstands_whatever_is_sent(address: Address, world: World, forms: Forms, plan: Plan) -> None:
    attack = Attack.of(plan, world, address, forms.leading_to.get(address.name, ()))
    note(str(attack))
    with undone():
        before = counts()
        answer = sent(world, attack)
        written = recorded_whole(before, answer)
        gives_nothing_away(answer)
        if attack.again and written is not None:
            before = counts()
            second = sent(world, attack)
            assert counts() == before, "a second row for one submission"
            assert (second.status_code, second.headers.get("Location")) == (
                answer.status_code,
                answer.headers.get("Location"),
            )


@contextmanager
def undone() -> Iterator[None]:
    """What happens within leaves nothing behind, and ends within the patience."""

    def stop(*_: object) -> None:
        raise AssertionError(f"no answer within {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def sent(world: World, attack: Attack) -> Any:
    client = world.clients[attack.who]
    cookies = deepcopy(client.cookies)
    try:
        answer = client.generic(
            attack.method, attack.path, attack.body, attack.content_type, headers=dict(attack.headers)
        )
    finally:
        client.cookies = cookies
    assert answer.status_code < 500, answer.status_code
    return answer


def counts() -> dict[str, int]:
    """How many rows each clinical table has."""
    quoted = [connection.ops.quote_name(model._meta.db_table) for model in CLINICAL]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in quoted))
        return dict(cursor.fetchall())


def recorded_whole(before: dict[str, int], answer: Any) -> Submission | None:
    """The one submission that was recorded, all of it; None where nothing was. Anything between fails."""
    after = counts()
    more = {table: after[table] - before[table] for table in after if after[table] != before[table]}
    table = connection.ops.quote_name(Submission._meta.db_table)
    if table not in more:
        assert not more, f"rows without a submission: {more}"
        return None
    assert more.pop(table) == 1
    assert answer.status_code < 400
    submission: Submission = Submission.objects.latest("entered_at")
    assert more or submission.act in CHANGES_NOTHING, "a submission of nothing"
    for model in OF_SUBMISSIONS:
        changed = more.pop(connection.ops.quote_name(model._meta.db_table), 0)
        if changed:
            assert _of(model, submission).count() == changed, model
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    if submission.patient is not None:
        graded_as_stored(submission.patient)
    return submission


def _of(model: type[models.Model], submission: Submission) -> models.QuerySet[models.Model]:
    [column] = [one.name for one in model._meta.concrete_fields if one.related_model is Submission]
    return model._default_manager.filter(**{column: submission})


def graded_as_stored(patient: Patient) -> None:
    """The verdict last stored for each assessment of the patient is the one that the record gives."""
    for course in charted(list(Infusion.objects.filter(patient=patient).standing())):
        for graded in course.graded().assessments:
            row = graded.assessment.ref
            assert isinstance(row, Assessment)
            for verdict in graded.verdicts.values():
                last = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
                assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)


def gives_nothing_away(answer: Any) -> None:
    said = answer.content.decode(errors="replace") if not answer.streaming else ""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    assert answer.headers["Cache-Control"] == "no-store"
    assert MARKUP not in heads and QUOTE not in heads and "X-Crsweb" not in answer.headers
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert MARKUP not in said and QUOTE not in said
    for canary in CANARIES:
        assert canary not in said and canary not in heads
