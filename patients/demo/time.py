"""How does the demo's time stay near the present? All its times are moved by one interval, as the owner of the tables.

Nothing else may: the triggers that refuse changes are off within this one transaction, and only in demo and tests.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max

from patients.models import AuditEntry, Submission, User

MODES: Final = ("demo", "test")
NEWEST: Final = timedelta(minutes=3)  # the age of the newest entry after a move

# A temporary function, gone with the connection: every time inside a JSON value, as Python writes it, by itself or
# after a value («38.5 °C @ 2026-11-21T12:00:00+00:00», in what a signature rests on).
MOVED_JSON = """
CREATE FUNCTION pg_temp.moved(held jsonb, step interval) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    moment timestamp;
    of_value text := coalesce(substring(held #>> '{}' FROM '^(.* @ )\\d{4}-'), '');
BEGIN
    CASE jsonb_typeof(held)
        WHEN 'object' THEN
            RETURN (SELECT coalesce(jsonb_object_agg(key, pg_temp.moved(value, step)), '{}') FROM jsonb_each(held));
        WHEN 'array' THEN
            RETURN (SELECT coalesce(jsonb_agg(pg_temp.moved(value, step) ORDER BY place), '[]')
                    FROM jsonb_array_elements(held) WITH ORDINALITY AS part (value, place));
        WHEN 'string' THEN
            IF held #>> '{}' ~ '^(.* @ )?\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?\\+00:00$' THEN
                moment := substr(held #>> '{}', length(of_value) + 1)::timestamptz AT TIME ZONE 'UTC' + step;
                RETURN to_jsonb(of_value || to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS')
                    || CASE WHEN to_char(moment, 'US') = '000000' THEN '' ELSE to_char(moment, '.US') END || '+00:00');
            END IF;
            RETURN held;
        ELSE
            RETURN held;
    END CASE;
END $$
"""


class NotADemo(Exception):
    """Clinical times are moved in a demo only."""


def _tables() -> list[type[models.Model]]:
    """Every table of the record; people's accounts are no part of it, and the audit trail keeps its own time."""
    return [model for model in apps.get_app_config("patients").get_models() if model not in (User, AuditEntry)]


@contextmanager
def unguarded() -> Iterator[None]:
    """One transaction in which the owner may change rows. Raises `NotADemo` outside demo and tests."""
    if settings.MODE not in MODES:
        raise NotADemo(f"the mode is {settings.MODE}: clinical rows are never changed there")
    tables = [connection.ops.quote_name(model._meta.db_table) for model in _tables()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def lay(entered: Mapping[UUID, datetime]) -> None:
    """Makes each submission, and every row that came with it, stand as entered at its time."""
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_submission AS row SET entered_at = laid.at"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS laid (id, at) WHERE row.id = laid.id",
            [list(entered), list(entered.values())],
        )
        for model in _tables():
            names = {field.name for field in model._meta.concrete_fields}
            column = {"entered_at", "known_at"} & names
            if "submission" in names and column:
                cursor.execute(
                    f"UPDATE {model._meta.db_table} AS row SET {column.pop()} = submission.entered_at"
                    " FROM patients_submission AS submission WHERE submission.id = row.submission_id"
                )


def move_along(now: datetime) -> timedelta:
    """Moves every time of the record by one interval, so that the newest entry is three minutes old; which interval.

    What was recorded in the demo stays, and stays as far from everything else as it was.
    """
    newest = Submission.objects.aggregate(newest=Max("entered_at"))["newest"]
    step = timedelta(minutes=(now - NEWEST - newest) // timedelta(minutes=1))
    if step <= timedelta(0):
        return timedelta(0)
    interval = f"{step.total_seconds():.0f} seconds"
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(MOVED_JSON)
        for model in _tables():
            columns = []
            for field in model._meta.concrete_fields:
                if isinstance(field, models.DateTimeField):
                    columns.append(f"{field.column} = {field.column} + %(step)s::interval")
                elif isinstance(field, models.JSONField):
                    columns.append(f"{field.column} = pg_temp.moved({field.column}, %(step)s::interval)")
            if columns:
                cursor.execute(f"UPDATE {model._meta.db_table} SET {', '.join(columns)}", {"step": interval})
        cursor.execute("DROP FUNCTION pg_temp.moved(jsonb, interval)")
    return step
