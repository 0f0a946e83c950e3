"""Which page is open to whom? One row for every address of the site, whoever serves it.

`crsweb.middleware` asks here before any view runs, by the name of the address; a page without a row is open to nobody.
A page that does an act takes its roles from the act's row in `patients.permissions.MAY`, so that the two cannot
disagree. Which patients' pages a person may open is not said here but by `patients_for`.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from patients.models import Role
from patients.models.correction import KINDS, MOVED, SEEN
from patients.permissions import ADMINISTERS, ASSIGNED, HANGS_SCREENS, MAY, READS, amending


class Door(Enum):
    """What asks for no sign-in."""

    OPEN = "open to a signed-out browser"
    DISPLAY = "open to a screen on a wall, which proves itself by its own cookie"


Access = Door | frozenset[Role]
EVERY_ROLE: Final = frozenset(Role)
AUDITS: Final = frozenset({Role.AUDITOR})
WRITES: Final = READS | ADMINISTERS


def _of_rows(act: str, kinds: Iterable[str]) -> dict[str, Access]:
    """The pages that mark a row of each kind."""
    return {f"{act}_{kind}": amending(kind) for kind in kinds}


PAGES: Final[Mapping[str, Access]] = MappingProxyType(
    {
        # --- Nobody is signed in
        "health_live": Door.OPEN,
        "health_ready": Door.OPEN,
        "browser_reports": Door.OPEN,
        "choose_theme": Door.OPEN,
        "account_login": Door.OPEN,
        "account_logout": Door.OPEN,
        "account_inactive": Door.OPEN,
        "mfa_authenticate": Door.OPEN,  # after the password, before the second factor
        "openid_connect_login": Door.OPEN,
        "openid_connect_callback": Door.OPEN,
        "socialaccount_login_cancelled": Door.OPEN,
        "wall": Door.DISPLAY,
        "wall_rows": Door.DISPLAY,
        # --- One's own account
        "account_reauthenticate": EVERY_ROLE,
        "account_change_password": EVERY_ROLE,
        "mfa_index": EVERY_ROLE,
        "mfa_reauthenticate": EVERY_ROLE,
        "mfa_activate_totp": EVERY_ROLE,
        "mfa_deactivate_totp": EVERY_ROLE,
        "mfa_view_recovery_codes": EVERY_ROLE,
        "mfa_generate_recovery_codes": EVERY_ROLE,
        "mfa_list_webauthn": EVERY_ROLE,
        "mfa_add_webauthn": EVERY_ROLE,
        "mfa_reauthenticate_webauthn": EVERY_ROLE,
        "mfa_remove_webauthn": EVERY_ROLE,
        "usersessions_list": EVERY_ROLE,
        "end_session": EVERY_ROLE,
        "presence": EVERY_ROLE,
        "lock": EVERY_ROLE,
        "change_user": EVERY_ROLE,
        "entry": WRITES,  # of one's own acts: whoever writes
        # --- The ward
        "board": READS,
        "board_rows": READS,
        "patient_list": READS,
        "locked_names": MAY["unlock"],
        "unlock": MAY["unlock"],
        "worklist": MAY["sign"],
        "worklist_rows": MAY["sign"],
        "my_patients": ASSIGNED,
        "ward_assignments": READS,
        "next_assignments": READS,
        "copy_assignments": MAY["assign_ward"],
        "ward_handover": READS,
        "blank_sheet": WRITES,  # it names nobody
        "wards": HANGS_SCREENS,
        "ward_settings": MAY["change_ward_settings"],
        "wall_displays": MAY["open_display"],
        "revoke_display": MAY["revoke_display"],
        "admit_patient": MAY["admit_patient"],
        # --- A patient of another ward
        "break_glass": MAY["break_glass"],
        "mend_glass": MAY["mend_glass"],
        # --- The audit trail
        "audit": AUDITS,
        "audit_export": AUDITS,
        # --- A patient, to be read
        "patient_changed": READS,
        "patient_detail": READS,
        "earlier_course": READS,
        "timeline": READS,
        "earlier_timeline": READS,
        "scales_over_time": READS,
        "earlier_scales": READS,
        "course_summary": READS,
        "assessments": READS,
        "treatments": READS,
        "results": READS,
        "history": READS,
        "handover": READS,
        "known": READS,
        **{f"row_{kind}": READS for kind in KINDS},
        # --- A patient, to be charted
        "assess": MAY["record_assessment"],
        "assess_verdict": MAY["record_assessment"],
        "chart_value": MAY["record_assessment"],
        "keep_draft": MAY["keep_draft"],
        "leave_for_concern": MAY["raise_concern"],
        "drop_draft": MAY["drop_draft"],
        "raise_concern": MAY["raise_concern"],
        "acknowledge_concern": MAY["acknowledge_concern"],
        "take_patient": MAY["assign"],
        "hand_back": MAY["unassign"],
        "pause_monitoring": MAY["pause_monitoring"],
        "end_pause": MAY["end_pause"],
        "sign": MAY["sign"],
        "give_treatment": MAY["give_treatment"],
        "give_accepted": MAY["give_treatment"],
        "decide": MAY["decide"],
        "tick": MAY["tick"],
        "judge_severity": MAY["judge_severity"],
        "enter_result": MAY["enter_result"],
        "record_measurement": MAY["record_measurement"],
        "change_facts": MAY["change_facts"],
        "choose_protocol": MAY["choose_protocol"],
        "start_infusion": MAY["start_infusion"],
        "dose_step": MAY["record_dose_step"],
        "infusion_event": MAY["record_infusion_event"],
        "rename_patient": MAY["rename_patient"],
        "transfer": MAY["transfer"],
        "readmit": MAY["readmit"],
        "discharge": MAY["discharge"],
        "record_death": MAY["record_death"],
        # --- A row of a patient, to be marked
        **_of_rows("correct", SEEN),
        **_of_rows("error", KINDS),
        **_of_rows("undo", KINDS),
        **_of_rows("restore", KINDS),
        **_of_rows("move", MOVED),
        "correct_assessment_verdict": amending("assessment"),
    }
)

# Where everybody begins, and where a role that does not see it
BEGINS: Final = "board"
HOME: Final[Mapping[str, str]] = MappingProxyType({Role.ADMIN: "wards", Role.AUDITOR: "audit"})


def access_to(page: str) -> Access:
    """Who may open the page of this name. Nobody may, where it has no row."""
    return PAGES.get(page, frozenset())


def opens(role: str, page: str) -> bool:
    """Whether somebody signed in with this role may open the page."""
    access = access_to(page)
    return isinstance(access, Door) or role in access
