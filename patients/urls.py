"""Which address is which page of the ward? No address holds a name, a number or a value of a patient."""

from collections.abc import Callable, Iterable

from django.http import HttpResponse
from django.urls import URLPattern, path, register_converter

from patients.models.correction import KINDS, MOVED, SEEN
from patients.views import (
    assess,
    assigning,
    audit,
    board,
    changed,
    charting,
    concern,
    correct_assessment,
    correction,
    course,
    decisions,
    display,
    drafts,
    entry,
    giving,
    glass,
    handover,
    history,
    known,
    laboratory,
    mine,
    over_time,
    pausing,
    presence,
    row,
    signing,
    stay,
    summary,
    timeline,
    unlocking,
    value,
    wall,
    ward,
    workstation,
)
from patients.views.patient_list import patient_list
from patients.views.worklist import worklist, worklist_rows

register_converter(value.SignConverter, "sign")


def of_rows(act: str, view: Callable[..., HttpResponse], kinds: Iterable[str]) -> list[URLPattern]:
    """An address for the rows of each kind: the kind is a part of the address, the row its key."""
    return [
        path(f"patients/<int:pk>/{act}/{kind.replace('_', '-')}/<int:row>/", view, {"kind": kind}, f"{act}_{kind}")
        for kind in sorted(kinds)
    ]


urlpatterns: list[URLPattern] = [
    path("", board.board, name="board"),
    path("board/rows/", board.board_rows_of, name="board_rows"),
    path("patients/", patient_list, name="patient_list"),
    path("worklist/", worklist, name="worklist"),
    path("patients/<int:pk>/changed/", changed.patient_changed, name="patient_changed"),
    path("worklist/rows/", worklist_rows, name="worklist_rows"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("wall/", wall.wall, name="wall"),
    path("wall/rows/", wall.wall_rows, name="wall_rows"),
    path("wards/<int:pk>/displays/", display.wall_displays, name="wall_displays"),
    path("wards/<int:pk>/displays/<int:display>/revoke/", display.revoke_display, name="revoke_display"),
    path("locked/", unlocking.locked_names, name="locked_names"),
    path("locked/<int:person>/unlock/", unlocking.unlock, name="unlock"),
    path("entries/<uuid:submission_id>/", entry.entry, name="entry"),
    path("presence/", presence.presence, name="presence"),
    path("presence/lock/", presence.lock, name="lock"),
    path("presence/change/", presence.change_user, name="change_user"),
    path("theme/", workstation.choose_theme, name="choose_theme"),
    path("mine/", mine.my_patients, name="my_patients"),
    path("wards/<int:pk>/assignments/", assigning.ward_assignments, name="ward_assignments"),
    path("wards/<int:pk>/assignments/next/", assigning.ward_assignments, {"following": True}, "next_assignments"),
    path("wards/<int:pk>/assignments/copy/", assigning.copy_assignments, name="copy_assignments"),
    path("wards/", ward.wards, name="wards"),
    path("wards/<int:pk>/settings/", ward.ward_settings, name="ward_settings"),
    path("patients/new/", stay.admit_patient, name="admit_patient"),
    path("patients/<int:pk>/", course.patient_detail, name="patient_detail"),
    path("patients/<int:pk>/courses/<int:course>/", course.patient_detail, name="earlier_course"),
    path("patients/<int:pk>/timeline/", timeline.timeline, name="timeline"),
    path("patients/<int:pk>/courses/<int:course>/timeline/", timeline.timeline, name="earlier_timeline"),
    path("patients/<int:pk>/scales/", over_time.scales_over_time, name="scales_over_time"),
    path("patients/<int:pk>/courses/<int:course>/scales/", over_time.scales_over_time, name="earlier_scales"),
    path("patients/<int:pk>/summary/", summary.course_summary, name="course_summary"),
    path("patients/<int:pk>/assessments/", course.assessments, name="assessments"),
    path("patients/<int:pk>/treatments/", course.treatments, name="treatments"),
    path("patients/<int:pk>/results/", course.results, name="results"),
    path("patients/<int:pk>/assess/", assess.assess, name="assess"),
    path("patients/<int:pk>/assess/verdict/", assess.assess_verdict, name="assess_verdict"),
    path("patients/<int:pk>/value/<sign:sign>/", value.chart_value, name="chart_value"),
    path("patients/<int:pk>/draft/", drafts.keep_draft, name="keep_draft"),
    path("patients/<int:pk>/draft/leave/", concern.leave_for_concern, name="leave_for_concern"),
    path("patients/<int:pk>/draft/drop/", drafts.drop_draft, name="drop_draft"),
    path("patients/<int:pk>/concern/", concern.raise_concern, name="raise_concern"),
    path(
        "patients/<int:pk>/concern/<int:concern>/acknowledge/", concern.acknowledge_concern, name="acknowledge_concern"
    ),
    path("patients/<int:pk>/take/", assigning.take_patient, name="take_patient"),
    path("patients/<int:pk>/hand-back/", assigning.hand_back, name="hand_back"),
    path("patients/<int:pk>/pause/", pausing.pause_monitoring, name="pause_monitoring"),
    path("patients/<int:pk>/pauses/<int:pause>/end/", pausing.end_pause, name="end_pause"),
    path("patients/<int:pk>/sign/", signing.sign, name="sign"),
    path("patients/<int:pk>/treat/", giving.give_treatment, name="give_treatment"),
    path("patients/<int:pk>/decide/", decisions.decide, name="decide"),
    path("patients/<int:pk>/decisions/<int:decision>/give/", giving.give_treatment, name="give_accepted"),
    path("patients/<int:pk>/tick/", decisions.tick, name="tick"),
    path("patients/<int:pk>/severity/", decisions.judge_severity, name="judge_severity"),
    path("patients/<int:pk>/result/", laboratory.enter_result, name="enter_result"),
    path("patients/<int:pk>/measure/", charting.record_measurement, name="record_measurement"),
    path("patients/<int:pk>/facts/", charting.change_facts, name="change_facts"),
    path("patients/<int:pk>/protocol/", charting.choose_protocol, name="choose_protocol"),
    path("patients/<int:pk>/infusion/", charting.start_infusion, name="start_infusion"),
    path("patients/<int:pk>/infusion/dose/", charting.record_dose_step, name="dose_step"),
    path("patients/<int:pk>/infusion/event/", charting.record_infusion_event, name="infusion_event"),
    path("patients/<int:pk>/history/", history.history, name="history"),
    *of_rows("row", row.row, KINDS),
    path("patients/<int:pk>/handover/", handover.handover, name="handover"),
    path("handover/", handover.ward_handover, name="ward_handover"),
    path("paper/", handover.blank_sheet, name="blank_sheet"),
    path("patients/<int:pk>/known/", known.known, name="known"),
    *of_rows("correct", correction.correct, SEEN.keys() - {"assessment"}),
    *of_rows("error", correction.enter_in_error, KINDS),
    *of_rows("undo", correction.undo, KINDS),
    *of_rows("restore", correction.restore, KINDS),
    *of_rows("move", correction.move, MOVED),
    path(
        "patients/<int:pk>/correct/assessment/<int:row>/",
        correct_assessment.correct_assessment,
        name="correct_assessment",
    ),
    path(
        "patients/<int:pk>/correct/assessment/<int:row>/verdict/",
        correct_assessment.correct_assessment_verdict,
        name="correct_assessment_verdict",
    ),
    path("patients/<int:pk>/name/", stay.rename_patient, name="rename_patient"),
    path("other-ward/", glass.break_glass, name="break_glass"),
    path("patients/<int:pk>/glass/mend/", glass.mend_glass, name="mend_glass"),
    path("patients/<int:pk>/transfer/", stay.transfer, name="transfer"),
    path("patients/<int:pk>/readmit/", stay.readmit, name="readmit"),
    path("patients/<int:pk>/discharge/", stay.discharge, name="discharge"),
    path("patients/<int:pk>/death/", stay.record_death, name="record_death"),
]
