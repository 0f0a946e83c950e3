"""Is what is typed in any form of a patient kept for its author alone, does it come back, and does recording end it?"""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions, drafts
from patients.fate import FIRST_SENT
from patients.formats import shown_moment
from patients.models import Assessment, Draft, Patient, Role, Submission, Treatment, User, Ward
from patients.urls import urlpatterns
from tests.conftest import PASSWORD
from tests.patients.assess import fields_of
from tests.patients.cast import a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of

TYPED = {  # by form: what is typed in one field
    "assess": ("note", "shivers since noon"),
    "chart_value temperature": ("temperature", "38.65"),
    "give_treatment": ("note", "second bag"),
    "enter_result": ("analyte", "ferritin from elsewhere"),
    "record_measurement": ("weight_kg", "71.35"),
    "change_facts": ("ceilings_of_care", "no intubation, she said"),
    "choose_protocol": ("reason", "as discussed in the round"),
    "start_infusion": ("product", "tisagenlecleucel"),
    "dose_step": ("note", "slow drip"),
    "infusion_event": ("note", "line blocked"),
    "raise_concern": ("why", "looks worse than the numbers"),
    "sign": ("text", "seen with the fellow"),
    "rename_patient": ("family_name", "Lindquist-Berg"),
    "transfer": ("at", "not a time"),
    "discharge": ("at", "not a time"),
    "record_death": ("at", "not a time"),
}


ASKED = "This time was filled in from the draft, and what is typed has changed since"


class Open:
    """One form of one patient, as its user sees it."""

    def __init__(self, user: User, patient: Patient, form: str, client: Client | None = None) -> None:
        self.client = client or Client()
        if client is None:
            self.client.force_login(user)
        self.patient = patient
        self.address = drafts.address_of(patient.pk, form)
        self.page = self.client.get(self.address)
        assert self.page.status_code == 200, form
        self.id = "assess" if 'id="assess"' in self.page.content.decode() else "act"
        self.values = fields_of(self.page, self.id)

    def keep(self, **typed: Any) -> Any:
        return self.client.post(
            reverse("keep_draft", args=[self.patient.pk]), self.values | typed, headers={"HX-Request": "true"}
        )


@pytest.fixture
def graded(physician: User, patient: Patient) -> Patient:
    """A patient with a grade that waits for a signature."""
    an_assessment(physician, patient, 1, temperature_c=39)
    return patient


def test_every_form_of_a_patient_that_keeps_drafts_has_a_name_for_them() -> None:
    names = {pattern.name or "" for pattern in urlpatterns}
    assert set(drafts.FORMS) <= names
    assert {form.partition(" ")[0] for form in TYPED} <= set(drafts.FORMS)


@pytest.mark.parametrize("form", TYPED)
def test_it_comes_back_to_its_author_with_its_age_and_to_nobody_else(
    form: str, physician: User, ward: Ward, graded: Patient
) -> None:
    name, text = TYPED[form]
    opened = Open(physician, graded, form)
    assert "draft of" not in words_of(opened.page)
    assert opened.keep(**{name: text}).headers["X-Draft"] == "kept"
    Draft.objects.update(updated_at=Draft.objects.get().updated_at - timedelta(hours=2))
    again = Open(physician, graded, form)
    assert again.values[name] == text
    assert again.values["submission_id"] == opened.values["submission_id"]
    words = words_of(again.page)
    assert "2 h ago" in words and "is in the form. It is not recorded." in words
    assert "Not recorded: " not in words
    assert "is needed" not in words
    assert "Charted for this patient since" not in words
    colleague = a_user("colleague", Role.PHYSICIAN)
    colleague.wards.add(ward)
    other = Open(colleague, graded, form)
    assert other.values[name] != text
    assert "draft of" not in words_of(other.page)
    assert not Submission.objects.filter(pk=opened.values["submission_id"]).exists()


def test_a_blank_time_of_a_draft_is_when_it_was_typed(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "give_treatment")
    form.keep(drug="acetaminophen", purpose="other")
    kept = Draft.objects.get()
    Draft.objects.update(updated_at=kept.updated_at - timedelta(hours=3))
    again = Open(nurse, patient, "give_treatment")
    assert again.values["at"] != ""
    assert again.client.post(again.address, again.values).status_code == 302
    assert kept.updated_at - Treatment.objects.get().at >= timedelta(hours=3)


def test_recording_lets_it_go_and_one_that_arrives_late_does_not_come_back(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "give_treatment")
    typed = {"drug": "acetaminophen", "purpose": "other"}
    form.keep(**typed)
    assert form.client.post(form.address, form.values | typed).status_code == 302
    assert not Draft.objects.exists()
    assert form.keep(**typed).headers["X-Draft"] == "recorded"
    assert not Draft.objects.exists()
    assert "draft of" not in words_of(Open(nurse, patient, "give_treatment").page)


def test_a_time_filled_in_is_asked_about_where_the_draft_s_values_were_changed(nurse: User, patient: Patient) -> None:
    for name in ("chart_value temperature", "assess"):
        Open(nurse, patient, name).keep(temperature="39.2")
        Draft.objects.update(updated_at=hours_ago(5))
        again = Open(nurse, patient, name)
        again.values["temperature"] = "37.1"
        seen = again.values["seen_at"]
        answer = again.client.post(again.address, again.values)
        assert answer.status_code == 422
        assert ASKED in words_of(answer)
        again.keep()  # as the script does: the question stays in what is kept
        assert ASKED in words_of(Open(nurse, patient, name).page)
        assert not Assessment.objects.exists()
    answer = again.client.post(again.address, again.values | {"fill": "seen_at="})
    assert fields_of(answer)["seen_at"] == ""
    assert again.client.post(again.address, fields_of(answer)).status_code == 302
    assert Assessment.objects.get().at > hours_ago(1)
    once_more = Open(nurse, patient, "chart_value temperature")
    once_more.values |= {"temperature": "37.1", "confirmed": f"seen_at={seen}"}
    assert once_more.client.post(once_more.address, once_more.values).status_code == 302
    assert Assessment.objects.earliest("at").at < hours_ago(4)


def test_a_draft_of_the_last_minutes_keeps_its_time_without_a_question(nurse: User, patient: Patient) -> None:
    for minutes, status in ((16, 422), (14, 302)):
        Draft.objects.all().delete()
        Open(nurse, patient, "chart_value temperature").keep(temperature="39.2")
        Draft.objects.update(updated_at=hours_ago(minutes / 60))
        again = Open(nurse, patient, "chart_value temperature")
        again.values["temperature"] = "37.1"
        answer = again.client.post(again.address, again.values)
        assert answer.status_code == status, words_of(answer)
    assert Assessment.objects.get().at <= hours_ago(14 / 60)


def test_a_whole_draft_that_is_recorded_as_it_was_typed_asks_nothing(nurse: User, patient: Patient) -> None:
    typed = {"systolic": "120/80", "oxygen_device": "room-air", "symptoms": ["rigors"], "note": "shivers\r\nsince noon"}
    typed |= {
        "vasopressors-0-agent": "norepinephrine",
        "vasopressors-0-rate": "0.05",
        "vasopressors-0-unit": "mcg/kg/min",
    }
    Open(nurse, patient, "assess").keep(**typed)
    Draft.objects.update(updated_at=hours_ago(3))
    again = Open(nurse, patient, "assess")
    answer = again.client.post(again.address, again.values)
    assert answer.status_code == 302
    assert Assessment.objects.get().at < hours_ago(2)


def test_a_draft_from_paper_never_takes_its_time_from_the_keeping(nurse: User, patient: Patient) -> None:
    for name, time in (("assess", "seen_at"), ("give_treatment", "at")):
        Open(nurse, patient, name).keep(observed_by="Sister Agnes", note="from the sheet", drug="acetaminophen")
        again = Open(nurse, patient, name)
        assert again.values[time] == ""
        assert "A time that was left blank" not in words_of(again.page)
        assert again.client.post(again.address, again.values | {"purpose": "other"}).status_code == 422


def test_what_is_refused_keeps_its_draft(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "give_treatment")
    form.keep(drug="acetaminophen", at="31-Dec-2999 04:28")
    assert form.client.post(form.address, form.values | {"drug": "acetaminophen", "at": "nonsense"}).status_code == 422
    assert Draft.objects.get().fields["at"] == ["31-Dec-2999 04:28"]


def test_what_was_charted_since_the_form_was_opened_is_said(nurse: User, physician: User, patient: Patient) -> None:
    Open(nurse, patient, "give_treatment").keep(note="second bag")
    Draft.objects.update(opened_at=hours_ago(1))
    an_assessment(physician, patient, 0.5, temperature_c=39)
    words = words_of(Open(nurse, patient, "give_treatment").page)
    assert "Charted for this patient since you opened the form: an assessment (Physician One" in words


def test_facts_that_another_changed_meanwhile_are_not_erased_by_a_draft(
    nurse: User, physician: User, patient: Patient
) -> None:
    Open(nurse, patient, "change_facts").keep(ceilings_of_care="no intubation")
    facts = actions.Facts(birth_date=patient.facts.birth_date, sex="female", allergies="known", allergies_to=["latex"])
    actions.change_facts(by=physician, submission_id=uuid4(), patient=patient, facts=facts)
    again = Open(nurse, patient, "change_facts")
    assert "facts or allergies (Physician One" in words_of(again.page)
    answer = again.client.post(again.address, again.values)
    assert answer.status_code == 422
    assert "changed this at" in words_of(answer)


def test_a_grade_that_changed_meanwhile_is_not_signed_by_a_draft(physician: User, graded: Patient) -> None:
    form = Open(physician, graded, "sign")
    form.keep(answer="confirm", text="seen")
    an_assessment(physician, graded, 0.2, temperature_c=39, systolic=70, diastolic=40, hypotension=True)
    again = Open(physician, graded, "sign")
    assert again.values.get("answer", "") == ""
    assert again.values["text"] == "seen"
    assert "What waits for a signature has changed" in words_of(again.page)


def test_a_draft_about_a_row_that_another_corrected_is_said_beside_what_stands(
    nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=39)
    treatment = actions.give_treatment(
        by=nurse, submission_id=uuid4(), patient=patient, drug="acetaminophen", purpose="other", at=hours_ago(1)
    )
    form = Open(nurse, patient, f"correct_treatment {treatment.pk}")
    form.keep(text="it was the other patient's")
    of_assessment = Open(nurse, patient, f"correct_assessment {row.pk}")
    of_assessment.keep(note="retaken by hand")
    again = Open(nurse, patient, f"correct_assessment {row.pk}")
    assert again.values["note"] == "retaken by hand"
    for gone in (row, treatment):
        actions.mark_entered_in_error(by=physician, submission_id=uuid4(), row=gone, reason="typing")
    for opened, typed in ((form, "it was the other patient's"), (of_assessment, "retaken by hand")):
        words = words_of(opened.client.get(opened.address)).replace("&#x27;", "'")
        assert typed in words
        assert "Your draft of a correction" in words


def test_a_decline_that_was_not_sent_is_back_beside_its_suggestion_and_goes_with_the_decision(
    physician: User, nurse: User, graded: Patient
) -> None:
    client = Client()
    client.force_login(physician)
    address = reverse("patient_detail", args=[graded.pk])
    cards = [one for one in client.get(address).content.decode().split("<form ") if 'name="draft_ticket"' in one]
    fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', cards[0]))
    fields = {name: unescape(value) for name, value in fields.items()}
    typed = fields | {"reason": "other", "text": "asked the fellow first"}
    kept = client.post(reverse("keep_draft", args=[graded.pk]), typed, headers={"HX-Request": "true"})
    assert kept.headers["X-Draft"] == "kept"
    page = client.get(address)
    assert "Your draft of a decision is kept" in words_of(page)
    assert 'value="asked the fellow first"' in page.content.decode()
    assert f'href="{address}#suggestion-{fields["step"]}"' in page.content.decode()
    colleague = a_user("colleague", Role.PHYSICIAN)
    colleague.wards.add(*physician.wards.all())
    other = Client()
    other.force_login(colleague)
    assert "asked the fellow first" not in other.get(address).content.decode()
    answer = client.post(reverse("decide", args=[graded.pk]), typed | {"answer": "declined"})
    assert answer.status_code == 302
    assert not Draft.objects.exists()
    assert "asked the fellow first" in words_of(client.get(address))


def test_the_patient_s_page_leads_back_to_a_draft_and_only_its_author(
    nurse: User, physician: User, patient: Patient
) -> None:
    form = Open(nurse, patient, "enter_result")
    form.keep(analyte="ferritin")
    address = reverse("patient_detail", args=[patient.pk])
    page = form.client.get(address)
    assert "Your draft of a result is kept" in words_of(page)
    assert f'href="{form.address}"' in page.content.decode()
    other = Client()
    other.force_login(physician)
    assert "draft of" not in words_of(other.get(address))


def test_of_another_ward_there_is_no_draft_and_none_is_kept(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "enter_result")
    form.keep(analyte="ferritin")
    elsewhere = a_ward(a_user("elsewhere"), "Another ward")
    nurse.wards.set([elsewhere])
    assert form.client.get(form.address).status_code == 404
    assert form.keep(analyte="crp").status_code == 404
    assert Draft.objects.get().fields["analyte"] == ["ferritin"]


def test_a_ticket_that_was_not_signed_or_is_of_another_patient_keeps_nothing(
    nurse: User, ward: Ward, patient: Patient
) -> None:
    form = Open(nurse, patient, "enter_result")
    for ticket in ("", "made up", f"{form.values['draft_ticket']}x"):
        answer = form.keep(analyte="crp", draft_ticket=ticket)
        assert (answer.status_code, answer.headers["X-Draft"]) == (409, "lost")
    assert form.keep(analyte="crp", submission_id="none").headers["X-Draft"] == "lost"
    assert form.keep(analyte="x" * (drafts.MOST_TYPED + 1)).headers["X-Draft"] == "lost"
    assert not Draft.objects.exists()


def test_a_role_that_charts_nothing_keeps_nothing(nurse: User, auditor: User, ward: Ward, patient: Patient) -> None:
    form = Open(nurse, patient, "enter_result")
    auditor.wards.add(ward)
    client = Client()
    client.force_login(auditor)
    answer = client.post(reverse("keep_draft", args=[patient.pk]), form.values | {"analyte": "crp"})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


# --- The sign-in expired, or is another's


def test_without_a_script_an_expired_sign_in_loses_nothing(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "enter_result")
    form.client.logout()
    answer = form.client.post(form.address, form.values | {"analyte": "ferritin", "value": "812", "unit": "ng/mL"})
    assert answer.status_code == 302
    sign_in = form.client.get(answer.headers["Location"])
    assert "What you typed is kept as your draft" in words_of(sign_in)
    assert "ferritin" not in sign_in.content.decode()
    to = {"login": nurse.username, "password": PASSWORD}
    answer = form.client.post(answer.headers["Location"], to)
    assert (answer.status_code, answer.headers["Location"]) == (302, form.address)
    again = Open(nurse, patient, "enter_result", form.client)
    assert (again.values["analyte"], again.values["value"]) == ("ferritin", "812")
    assert again.client.post(form.address, again.values).status_code == 302
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("form", "moment"), [("record_measurement", "at"), ("assess", "seen_at")])
def test_what_was_first_sent_before_the_sign_in_expired_is_of_when_it_was_first_sent(
    form: str, moment: str, nurse: User, ward: Ward, patient: Patient
) -> None:
    """As after an hour in which the database did not answer, and its page kept the form."""
    opened = Open(nurse, patient, form)
    opened.client.logout()
    name, value = TYPED["record_measurement"] if form == "record_measurement" else ("temperature", "39")
    ago = hours_ago(1)
    opened.client.post(opened.address, opened.values | {name: value, FIRST_SENT: ago.isoformat()})
    again = Open(nurse, patient, form)
    assert again.values[name] == value
    with timezone.override(ward.zone):
        assert again.values[moment] == shown_moment(ago)
    assert FIRST_SENT not in again.values
    assert again.client.post(again.address, again.values).status_code == 302
    at = Submission.objects.get(pk=again.values["submission_id"]).values["at"]
    assert datetime.fromisoformat(at) == ago.replace(second=0, microsecond=0)


def test_of_what_was_recorded_before_the_sign_in_expired_nobody_says_that_it_was_not(
    nurse: User, patient: Patient
) -> None:
    form = Open(nurse, patient, "give_treatment")
    typed = form.values | {"drug": "acetaminophen", "purpose": "other"}
    assert form.client.post(form.address, typed).status_code == 302  # and its answer is lost on the way
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nurse)
    refused = strict.post(form.address, typed)
    assert (refused.status_code, refused.headers["X-Draft"]) == (403, "recorded")
    form.client.logout()
    again = form.client.post(form.address, typed)
    sign_in = form.client.get(again.headers["Location"])
    for words in (words_of(refused), words_of(sign_in)):
        assert "This form was recorded before" in words
        assert words.lower().count("nothing was recorded") == words.lower().count("nothing was recorded now") == 1
    record = reverse("patient_detail", args=[patient.pk])
    assert again.headers["Location"] == f"{reverse('account_login')}?next={record}"
    assert f'href="{record}"' in refused.content.decode()
    assert Treatment.objects.count() == 1


def test_another_who_signs_in_then_sees_nothing_of_it(nurse: User, physician: User, patient: Patient) -> None:
    form = Open(nurse, patient, "enter_result")
    form.client.logout()
    form.client.post(form.address, form.values | {"analyte": "ferritin"})
    form.client.force_login(physician)
    assert Open(physician, patient, "enter_result", form.client).values["analyte"] == ""


def test_a_fragment_without_a_sign_in_is_kept_and_told_so(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "assess")
    form.client.logout()
    answer = form.keep(note="shivers")
    assert (answer.status_code, answer.headers["X-Draft"]) == (401, "kept")
    assert answer.headers["X-Sign-In"] == reverse("account_login")
    assert Draft.objects.get().user == nurse
    assert not Assessment.objects.exists()


def test_escalating_without_a_sign_in_keeps_the_draft_and_leads_to_the_concern(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "give_treatment")
    form.client.logout()
    answer = form.client.post(reverse("leave_for_concern", args=[patient.pk]), form.values | {"note": "second bag"})
    concern = reverse("raise_concern", args=[patient.pk])
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={concern}"
    assert Draft.objects.get().form == "give_treatment"


def test_a_page_from_before_another_s_sign_in_keeps_it_for_who_opened_it(
    nurse: User, physician: User, patient: Patient
) -> None:
    form = Open(nurse, patient, "enter_result")
    form.client.force_login(physician)
    answer = form.keep(analyte="ferritin")
    assert (answer.status_code, answer.headers["X-Refused"], answer.headers["X-Draft"]) == (409, "user", "kept")
    assert Draft.objects.get().user == nurse
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(physician)
    answer = strict.post(form.address, form.values | {"analyte": "crp"})
    assert answer.status_code == 403
    assert "What you typed is kept as a draft of who opened the page" in words_of(answer)
    assert "crp" not in words_of(answer)
    kept = Draft.objects.get()
    assert (kept.user, kept.fields["analyte"]) == (nurse, ["crp"])


def test_one_whose_account_was_closed_keeps_nothing(nurse: User, patient: Patient) -> None:
    form = Open(nurse, patient, "enter_result")
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    assert form.keep(analyte="crp").headers["X-Draft"] == "lost"
    assert not Draft.objects.exists()


# --- Twelve hours


def test_after_twelve_hours_the_next_draft_or_the_command_removes_it(nurse: User, patient: Patient) -> None:
    old = Draft.objects.filter(form="enter_result")
    for remove in (
        lambda: Open(nurse, patient, "assess").keep(note="x"),
        lambda: call_command("remove_drafts"),
    ):
        Open(nurse, patient, "enter_result").keep(analyte="crp")
        old.update(updated_at=hours_ago(12.1))
        assert Open(nurse, patient, "enter_result").values["analyte"] == ""
        remove()
        assert not old.exists()
    assert Draft.objects.filter(form="assess").exists()


def test_a_nul_in_what_is_sent_is_left_out_of_the_draft(nurse: User, patient: Patient) -> None:
    assert Open(nurse, patient, "enter_result").keep(analyte="fer\0ritin").headers["X-Draft"] == "kept"
    assert Draft.objects.get().fields["analyte"] == ["ferritin"]
