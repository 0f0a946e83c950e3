"""Which statement of a migration holds a lock for long on a table that is full?

A list of what is known to be quick: whatever is not on it is named, with what to do instead
(docs/decisions/0017-operations.md). Tables that the same release makes are empty, and may be treated in any way.
"""

import re
from collections.abc import Iterator
from typing import Final

# Tables that are small on every site, since people make their rows by hand: reading all of one takes no time.
SMALL: Final = frozenset({"patients_bed", "patients_user", "patients_ward", "patients_wardsettings"})
NAME: Final = r'(?:"?public"?\.)?"?(\w+)"?'
CREATES_TABLE: Final = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{NAME}", re.IGNORECASE)
CREATES_INDEX: Final = re.compile(rf"CREATE (?:UNIQUE )?INDEX (.*?)\bON (?:ONLY )?{NAME}", re.IGNORECASE)
ALTERS: Final = re.compile(rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{NAME} (.*)", re.IGNORECASE)
WRITES: Final = re.compile(rf"(INSERT INTO|UPDATE|DELETE FROM) (?:ONLY )?{NAME}(.*)", re.IGNORECASE)
WAITS_WITHOUT_BLOCKING: Final = re.compile(r"\bCONCURRENTLY\b|\bVALIDATE CONSTRAINT\b", re.IGNORECASE)

# What touches no row of a full table.
QUICK: Final = re.compile(
    r"(CREATE|DROP)( OR REPLACE)?( CONSTRAINT)? (FUNCTION|TRIGGER|VIEW|SEQUENCE|DOMAIN|TYPE)\b|DROP (TABLE|INDEX)\b"
    r"|GRANT\b|REVOKE\b|COMMENT ON\b|ALTER (DEFAULT PRIVILEGES|SEQUENCE|INDEX|FUNCTION)\b|SET\b|BEGIN\b|COMMIT\b",
    re.IGNORECASE,
)
QUICK_ALTER: Final = re.compile(
    r"DROP (COLUMN|CONSTRAINT)\b|RENAME\b|(ENABLE|DISABLE) TRIGGER\b|OWNER TO\b"
    r"|ALTER COLUMN \S+ (DROP (DEFAULT|NOT NULL)|SET DEFAULT)\b"
    r"|ADD CONSTRAINT\b.*\b(NOT VALID|USING INDEX)\b",
    re.IGNORECASE,
)
# A column comes with a scan, or with a rewriting of each row.
SLOW_COLUMN: Final = re.compile(
    r"\b(UNIQUE|CHECK|PRIMARY KEY|GENERATED|(small|big)?serial"
    r"|DEFAULT .*\b(gen_random_uuid|uuid_generate\w*|random|clock_timestamp|timeofday|nextval) *\()",
    re.IGNORECASE,
)
PARTS: Final = re.compile(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|;", re.DOTALL)


def statements(script: str) -> Iterator[str]:
    """Each statement on one line; the texts and the bodies of functions within it are left out."""
    marked = PARTS.sub(lambda part: ";\0" if part[0] == ";" else " " if part[0][:2] in ("--", "/*") else "''", script)
    for statement in marked.split(";\0"):
        if line := " ".join(statement.split()):
            yield line


def objection(statement: str, new: set[str], *, atomic: bool) -> str | None:
    """Why the statement may hold a lock for long, and what to do instead; None for a quick one.

    `new` are the tables that were made before it in this release; one that it makes is added. `atomic`: the migration
    is one transaction, so a lock is held to its end.
    """
    if not atomic and not WAITS_WITHOUT_BLOCKING.search(statement):
        return "a migration that is no transaction has only what waits without blocking: CONCURRENTLY and VALIDATE"
    if made := CREATES_TABLE.match(statement):
        new.add(made[1])
        return None
    if index := CREATES_INDEX.match(statement):
        if index[2] in new or index[1].upper().startswith("CONCURRENTLY"):
            return None
        return f"holds up every write to {index[2]} while it is built: AddIndexConcurrently, in a migration of its own"
    if altered := ALTERS.match(statement):
        return None if altered[1] in new else _altered(altered[1], altered[2], atomic=atomic)
    if written := WRITES.match(statement):
        one_row = written[1].upper() == "INSERT INTO" and not re.search(r"\bSELECT\b", written[3], re.IGNORECASE)
        if one_row or written[2] in new:
            return None
        return f"writes rows of {written[2]} in one go: in portions, by a command of its own"
    return None if QUICK.match(statement) else "is not known to be quick"


def _altered(table: str, what: str, *, atomic: bool) -> str | None:
    if what.upper().startswith("ADD COLUMN"):
        if SLOW_COLUMN.search(what):
            return f"scans or rewrites {table}: add the column with null or a constant db_default, the rest after it"
        if re.search(r"\bNOT NULL\b", what, re.IGNORECASE) and not re.search(r"\bDEFAULT\b", what, re.IGNORECASE):
            return f"{table} has rows, which have no value for it: null, or a constant db_default"
        return None
    if what.upper().startswith("VALIDATE CONSTRAINT"):
        return (
            f"is held with the lock of what stands before it on {table}: in a migration of its own" if atomic else None
        )
    if QUICK_ALTER.match(what):
        return None
    if what.upper().startswith("ADD CONSTRAINT"):
        return f"reads all of {table} while nobody may: AddConstraintNotValid, then ValidateConstraint in the next one"
    return f"reads or rewrites all of {table} while nobody may: a new column beside it, filled in portions"
