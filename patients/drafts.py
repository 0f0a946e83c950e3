"""Which form was opened by whom, and what did this person leave unrecorded in it?

Each form of a patient carries a ticket: who opened the form of which page, for whom, and when, signed. It lets what is
typed be kept as a draft of that person, also after their sign-in has expired, and lets nobody read anything.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from patients.echo import digest_of
from patients.fate import FIRST_SENT, IN_DOUBT, first_sent, submission_in
from patients.formats import shown_moment
from patients.models import Draft, Patient, Submission, User

TICKET: Final = "draft_ticket"
AT_ONCE: Final = timedelta(minutes=1)  # a form sent again within it is of the moment of recording, like any other
OPEN_FOR: Final = timedelta(hours=24)  # how long a page that was left open may still keep what is typed in it
FRESH: Final = timedelta(minutes=15)  # what was seen so short a time ago is charted as it would be without a draft
MOST_TYPED: Final = 64_000  # characters of one draft: far above any form, and what a leaving page may still send
SALT: Final = "patients.drafts"
OF_A_PATIENT: Final = "patients/<int:pk>/"
SAVES: Final = "saves"  # posted with a form: the words of its button, which name the patient
STEP_UP: Final = "step_up"  # a password or a code, asked in the form (crsweb.step_up): no draft ever holds one
# What belongs to the request, not to what was typed.
NOT_TYPED: Final = frozenset(
    {TICKET, STEP_UP, "csrfmiddlewaretoken", "sequence", "digest", "patient", "opened_by", "fill", "use", "came_from"}
    | {SAVES, FIRST_SENT, IN_DOUBT}
)
FILLED: Final = "filled_in"  # posted where a time was filled in: that time, and the digest of what stood beside it
NOT_SAID: Final = frozenset({"submission_id", "confirmed", "opened_on", "seen", "basis", "signed", FILLED})
MOMENTS: Final = ("seen_at", "at")  # blank, they mean the moment of recording
DECIDE: Final = "decide"  # a suggestion is declined on the patient's page; its step follows
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "assess": "the assessment",
        "chart_value": "a single value",
        "give_treatment": "a treatment",
        "give_accepted": "the accepted treatment",
        "enter_result": "a result",
        "record_measurement": "weight and height",
        "change_facts": "facts and allergies",
        "choose_protocol": "the protocol",
        "start_infusion": "a new infusion",
        "dose_step": "a dose of the infusion",
        "infusion_event": "what happened to the infusion",
        "raise_concern": "a concern",
        "acknowledge_concern": "the acknowledgement of a concern",
        "sign": "the sign-off",
        DECIDE: "a decision",
        "rename_patient": "name and number",
        "transfer": "the transfer",
        "readmit": "the admission",
        "discharge": "the discharge",
        "record_death": "the death",
    }
)
FORMS_OF_ROWS: Final = {"correct": "a correction", "error": "«entered in error»", "move": "«wrong patient»"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who opened the form, of which page (`form_of`), for whom, and when. Keys, not rows."""

    user: int
    patient: int
    form: str
    opened_at: datetime

    def signed(self) -> str:
        said = [self.user, self.patient, self.form, self.opened_at.isoformat()]
        return signing.dumps(said, salt=SALT)


def read_ticket(data: QueryDict) -> Ticket | None:
    """The ticket that was posted; None where there is none that we signed within the last day."""
    try:
        user, patient, form, opened_at = signing.loads(data.get(TICKET, ""), salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    return Ticket(user, patient, form, datetime.fromisoformat(opened_at))


def form_of(request: HttpRequest) -> str:
    """The page of the form, and the key of what it is about: «assess», «correct_result 5». Empty for any other page."""
    match = request.resolver_match
    if match is None or not match.route.startswith(OF_A_PATIENT) or match.url_name is None:
        return ""
    about = (str(value) for name, value in match.kwargs.items() if name not in ("pk", "kind"))
    return " ".join((match.url_name, *about))


def address_of(patient: int, form: str) -> str:
    """Where the form is opened; the patient's page where there is no such form any more."""
    name, *about = form.split(" ")
    if name == DECIDE:
        return f"{reverse('patient_detail', args=[patient])}#suggestion-{' '.join(about)}"
    try:
        return reverse(name, args=[patient, *about])
    except NoReverseMatch:
        return reverse("patient_detail", args=[patient])


def named(form: str) -> str:
    """«the assessment», «a correction»."""
    name = form.partition(" ")[0]
    return FORMS.get(name) or FORMS_OF_ROWS.get(name.partition("_")[0], "a form")


class Left(QueryDict):
    """A draft as it would be posted again. `filled` is the time that was filled in where none was typed, else empty."""

    draft: Draft
    filled: str = ""

    def __deepcopy__(self, memo: MutableMapping[int, Any]) -> "Left":
        copied: Left = super().__deepcopy__(memo)
        copied.draft, copied.filled = self.draft, self.filled
        return copied

    @property
    def said(self) -> list[tuple[str, str]]:
        """What was typed, for a page that has no form for it any more."""
        return said_in(self)


def said_in(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed in a form, to be read: the name of each field, and its values."""
    return [
        (name.replace("_", " ").capitalize(), ", ".join(data.getlist(name)))
        for name in data
        if any(data.getlist(name)) and name not in NOT_TYPED | NOT_SAID and not name.endswith("standing")
    ]


def left_in(draft: Draft) -> Left:
    """The draft as typed. What has no time is of when it was kept, or was first sent while the database did not answer:
    it is never taken for what is seen now.

    What comes from paper gets none: its time is the one on the sheet, and only who holds the sheet knows it.
    """
    data = Left(mutable=True)
    data.draft = draft
    for name, values in draft.fields.items():
        data.setlist(name, values)
    seen = first_sent(data, draft.updated_at) or draft.updated_at
    data.pop(FIRST_SENT, None)
    if draft.form.startswith("correct_") or data.get("observed_by", "").strip():
        return data
    for name in MOMENTS:
        if not data.get(name, "unless it is in the form"):
            data[name] = data.filled = shown_moment(seen)
            data.pop(FILLED, None)  # of a time that was taken out again
    return data


def sent(request: HttpRequest, now: datetime) -> QueryDict:
    """What was posted. What the page kept while the database did not answer, and sends again over a minute later, is of
    when it was first sent: a time that was left blank holds that time, and an old value is never charted as seen now.

    Once it is recorded as it was, the time stays blank: the same values are the same act (`patients.actions.act`).
    """
    data, submission = request.POST, submission_in(request.POST)
    first = first_sent(data, now)
    if first is None or submission is None or now - first < AT_ONCE:
        return data
    if form_of(request).startswith("correct_") or data.get("observed_by", "").strip():
        return data
    earlier = Submission.objects.filter(pk=submission).first()
    if earlier is not None and earlier.values.get("at") is None:
        return data
    timed = data.copy()
    for name in MOMENTS:
        if not timed.get(name, "unless it is in the form"):
            timed[name] = shown_moment(first)
    return timed


def filled_in(data: QueryDict) -> str:
    """What the form posts as `FILLED`; empty where no time was filled in."""
    if isinstance(data, Left) and data.filled:
        return f"{data.filled} {_typed_beside(data)}"
    return data.get(FILLED, "")


def changed_beside(data: QueryDict, moment: str) -> bool:
    """Does the field `moment` still hold the time that was filled in, while something else was typed since?"""
    time, _, beside = data.get(FILLED, "").rpartition(" ")
    return bool(time) and data.get(moment, "").strip() == time and beside != _typed_beside(data)


def _typed_beside(data: QueryDict) -> str:
    """The digest of all that is typed beside the time."""
    typed = QueryDict(mutable=True)
    for name, values in data.lists():
        said = name not in NOT_TYPED | NOT_SAID and name not in MOMENTS and not name.endswith("standing")
        if said and any(values):
            typed.setlist(name, values)
    return digest_of(typed)


def draft_of(request: HttpRequest) -> Left | None:
    """What the person who asks left in this form."""
    form, user = form_of(request), request.user
    if not form or not isinstance(user, User) or request.resolver_match is None:
        return None
    kept = Draft.objects.kept(timezone.now()).filter(user=user, form=form)
    draft = kept.filter(patient=request.resolver_match.kwargs["pk"]).first()
    return None if draft is None else left_in(draft)


def drafts_of(user: User, patient: Patient) -> list[Draft]:
    """All that this person left unrecorded of this patient, the latest first."""
    return list(Draft.objects.kept(timezone.now()).filter(user=user, patient=patient).order_by("-updated_at"))


def charted_since(draft: Draft) -> list[Submission]:
    """What was recorded for the patient after the form was opened, the latest first: its author has not seen it."""
    since = Submission.objects.filter(patient=draft.patient_id, entered_at__gt=draft.opened_at)
    return list(since.select_related("entered_by").order_by("-entered_at"))


def typed_in(data: QueryDict) -> dict[str, list[str]]:
    """What a draft keeps of a posted form: every field as typed, and when it was first sent, but for the NUL, which no
    key types and no text of PostgreSQL holds."""
    kept = ((name, data.getlist(name)) for name in data if name not in NOT_TYPED or name == FIRST_SENT)
    return {name.replace("\0", ""): [text.replace("\0", "") for text in typed] for name, typed in kept}
