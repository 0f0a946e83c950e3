"""How do the other workstations hear of an act? PostgreSQL tells them when it commits, and only then."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from patients.models import Patient, Ward
from patients.topics import CHANNEL

# Of a patient every ward they ever lay on: a board that they left must lose them, also when the move is taken back.
TELL: Final = """
SELECT pg_notify(%(channel)s, topic || ' ' || gen_random_uuid()) FROM (
    SELECT 'patient-' || key AS topic FROM unnest(%(patients)s::bigint[]) AS key
    UNION SELECT 'ward-' || ward_id FROM patients_placement WHERE patient_id = ANY(%(patients)s::bigint[])
    UNION SELECT 'ward-' || key FROM unnest(%(wards)s::bigint[]) AS key
) AS topics
"""


def tell(patients: Iterable[Patient], wards: Iterable[Ward]) -> None:
    """Says that these patients and wards changed, with this transaction; the placements it wrote count already."""
    keys = {"patients": [one.pk for one in patients], "wards": [one.pk for one in wards]}
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"channel": CHANNEL, **keys})
