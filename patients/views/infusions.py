"""What does a patient's page say of each infusion: its doses, its interruptions, its state?"""

from typing import Any, Final

from django.db.models import Prefetch

from patients.formats import shown_dose
from patients.models import Infusion, InfusionDose, InfusionEvent
from patients.views.banner import day_of
from patients.views.bedside import Bedside
from patients.views.rows import Viewer, acts_of, is_late

STATES: Final = {
    None: "Running, or given",
    "interrupt": "Interrupted",
    "resume": "Resumed",
    "discontinue": "Discontinued for good",
}


def infusions_of(here: Bedside, shown: Infusion | None) -> list[dict[str, Any]]:
    """Every infusion with its doses and events, the latest first."""
    found = []
    viewer = Viewer(here.user, here.now)
    rows = (
        here.patient.infusions.standing()
        .prefetch_related(
            Prefetch("doses", InfusionDose.objects.standing().select_related("entered_by")),
            Prefetch("events", InfusionEvent.objects.standing().select_related("entered_by")),
        )
        .order_by("-started_at")
    )
    for row in rows:
        events = sorted(row.events.all(), key=lambda event: (event.at, event.pk))
        history: list[tuple[InfusionEvent | InfusionDose, str]] = [
            (event, _event_words(event.get_action_display(), event.note)) for event in events
        ]
        history += [
            (dose, "Dose " + shown_dose(dose.dose, dose.unit or "") if dose.dose else "Dose")
            for dose in row.doses.all()
        ]
        lines = [
            {"at": one.at, "text": text, "by": one.entered_by, "late": is_late(one), "acts": acts_of(one, viewer)}
            for one, text in sorted(history, key=lambda line: line[0].at)
        ]
        found.append(
            {
                "pk": row.pk,
                "title": f"{row.product}, {row.get_cause_display()}",
                "current": row == shown,
                "started_at": row.started_at,
                "day": day_of(row, here.now),
                "lot": row.lot,
                "state": STATES[events[-1].action if events else None],
                "acts": acts_of(row, viewer),
                "history": lines,
            }
        )
    return found


def _event_words(action: str, note: str) -> str:
    return f"{action}: {note}" if note else action
