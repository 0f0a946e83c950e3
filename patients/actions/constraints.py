"""What does a broken database constraint say to the person at the form?"""

from django.apps import apps
from django.db import IntegrityError, models
from psycopg import errors

# Constraints that the migrations write in SQL, and those whose sentence belongs to one field.
WORDS = {
    "patient_mrn_once": ("mrn", "This number is another patient's."),
    "bed_label_once_a_ward": ("beds", "A bed of this name is on the ward already."),
    "placement_bed_of_its_ward": ("bed", "This bed is on another ward."),
    "infusion_one_at_a_time": ("started_at", "An infusion of this patient starts at that time already."),
    "death_once": ("at", "A death is charted for this patient already."),
    "vasopressor_agent_once": ("vasopressors", "An agent is charted once."),
    "vasopressor_against_no_hypotension": (
        "hypotension",
        "Hypotension is charted as no beside a vasopressor that runs for hypotension.",
    ),
    "vasopressor_since_not_after": ("vasopressors", "Since when it runs lies after the assessment."),
    "decision_declined_with_a_reason": ("reason", "A reason is needed to decline, and only then."),
    "decision_other_needs_a_text": ("text", "Say why, where the reason is another."),
    "decision_watched_until_later": ("watch_until", "A time still to come is needed to watch, and only then."),
    "signature_override_with_reason_and_text": (
        "reason",
        "A reason and a text are needed for another grade than the computed one, and only then.",
    ),
    "correction_other_needs_a_text": ("text", "Say why, where the reason is another."),
    "assessment_reason_of_an_attribution": ("attribution_reason", "Say too what is attributed elsewhere."),
    "assessment_neurology_or_why_not": (
        "neurology_not_assessed",
        "Neurology is charted, so it could be assessed: chart one or the other.",
    ),
    "assessment_diastolic_not_above_systolic": ("diastolic", "The diastolic is above the systolic."),
    "assessment_oxygen_has_a_device": ("oxygen", "Flow and FiO2 need a device."),
}


def broken(error: IntegrityError) -> dict[str, str]:
    """The sentence by field. Raises `error` itself when it is no constraint of ours: that is a fault of the program."""
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, errors.IntegrityError) else None
    if name in WORDS:
        field, words = WORDS[name]
        return {field: words}
    for model in apps.get_app_config("patients").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and isinstance(constraint, models.CheckConstraint):
                field = _field(constraint.condition)
                return {field: _sentence(str(constraint.get_violation_error_message()), field)}
    raise error


def _sentence(words: str, field: str) -> str:
    """Without the field's name before it: the sentence stands at the field."""
    said = words.removeprefix(f"{field}: ")
    return said[:1].upper() + said[1:]


def _field(condition: object) -> str:
    """The first field that a condition names."""
    while isinstance(condition, models.Q):
        condition = condition.children[0]
    return str(condition[0]).split("__")[0] if isinstance(condition, tuple) else ""
