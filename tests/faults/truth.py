"""What stands in the record after a fault, and was what people read of it true? Asked as the superuser."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tests.faults.clients import Entry
from tests.faults.server import Database

# What must be empty: each is something half recorded, and how it would be found.
HALVES: Final = {
    "an act without its row": """
        SELECT s.id FROM patients_submission s WHERE
        (s.act = 'record_assessment' AND NOT EXISTS (SELECT FROM patients_assessment r WHERE r.submission_id = s.id)) OR
        (s.act = 'record_measurement' AND NOT EXISTS (SELECT FROM patients_weight r WHERE r.submission_id = s.id))""",
    "an assessment twice": """
        SELECT submission_id FROM patients_assessment GROUP BY submission_id HAVING count(*) > 1""",
    "a weight twice": """
        SELECT submission_id FROM patients_weight GROUP BY submission_id HAVING count(*) > 1""",
    "an assessment without its verdicts": """
        SELECT a.id FROM patients_assessment a WHERE NOT EXISTS (
            SELECT FROM patients_storedverdict v WHERE v.assessment_id = a.id AND v.submission_id = a.submission_id)""",
    "an act without its audit entry": """
        SELECT s.id FROM patients_submission s WHERE s.act IN ('record_assessment', 'record_measurement')
        AND NOT EXISTS (SELECT FROM patients_auditentry e
            WHERE e.event = 'recorded' AND e.details->>'submission' = s.id::text)""",
    "an audit entry without its act": """
        SELECT e.id FROM patients_auditentry e WHERE e.event = 'recorded' AND NOT EXISTS (
            SELECT FROM patients_submission s WHERE s.id::text = e.details->>'submission')""",
    "an act noted twice": """
        SELECT e.details->>'submission' FROM patients_auditentry e WHERE e.event = 'recorded'
        GROUP BY 1, e.chain HAVING count(*) > 1""",
}


def halves(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What is half there: empty where nothing is."""
    return {what: rows for what, query in HALVES.items() if (rows := database.ask(query))}


def untrue(database: Database, entries: Sequence[Entry]) -> list[str]:
    """What somebody read, and is not so."""
    found: dict[str, datetime] = {}
    for key, at in database.ask("SELECT id::text, entered_at FROM patients_submission"):
        assert isinstance(at, datetime)
        found[str(key)] = at
    said = []
    for entry in entries:
        entered = found.get(entry.submission)
        said += [f"recorded under what was closed: {entry}" for closed in entry.closed if closed in found]
        if entry.last == "recorded" and entered is None:
            said.append(f"lost: {entry}")
        if entry.last == "not-recorded" and entered is not None:
            said.append(f"recorded all the same: {entry}, {entered}")
        for state, at in entry.read:
            if state == "recorded" and (entered is None or entered > at):
                said.append(f"read «recorded» too early: {entry}, {entered}")
            if state == "not-recorded" and entered is not None and entered < at:
                said.append(f"read «not recorded» of what was: {entry}, {entered}")
        if entry.last not in ("recorded", "not-recorded"):
            said.append(f"never settled: {entry}")
    return said
