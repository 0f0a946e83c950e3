"""Which words do decisions, signatures, corrections and pauses take, and what are they called on screen?"""

from types import MappingProxyType
from typing import Final

ANSWERS: Final = MappingProxyType({"accepted": "Accepted", "declined": "Declined", "watching": "Watching until"})
DECLINE_REASONS: Final = MappingProxyType(
    {
        "not-indicated": "Not indicated",
        "contraindicated": "Contraindicated",
        "already-done": "Already done",
        "another-cause": "Another cause",
        "patients-wishes": "Patient's wishes",
        "unavailable": "Unavailable",
        "other": "Other",
    }
)
OVERRIDE_REASONS: Final = MappingProxyType(
    {
        "another-cause": "Another cause",
        "seen-not-charted": "Seen at the bedside, not charted",
        "measurement": "A measurement is not believed",
        "clinical-picture": "The clinical picture as a whole",
        "other": "Other",
    }
)
CORRECTIONS: Final = MappingProxyType(
    {
        "superseded": "Corrected",
        "entered-in-error": "Entered in error",
        "undone": "Undone",
        "wrong-patient": "Charted on the wrong patient",
    }
)
CORRECTION_REASONS: Final = MappingProxyType(
    {
        "typing": "Mistyped",
        "misread": "Misread or misheard",
        "wrong-time": "Wrong time",
        "wrong-unit": "Wrong unit",
        "wrong-patient": "Another patient's",
        "not-done": "It was not done or not measured",
        "twice": "Charted twice",
        "device": "Artifact or device error",
        "learned-later": "Known better later",
        "own-slip": "Own slip",
        "other": "Other",
    }
)
PAUSE_REASONS: Final = MappingProxyType(
    {
        "imaging": "Imaging",
        "operating-room": "Operating room",
        "procedure": "Procedure",
        "dialysis": "Dialysis",
        "other": "Other",
    }
)
# Where a patient is during a pause
PAUSED: Final = MappingProxyType(
    {
        "imaging": "In imaging",
        "operating-room": "In the operating room",
        "procedure": "At a procedure",
        "dialysis": "At dialysis",
        "other": "Off the ward",
    }
)
