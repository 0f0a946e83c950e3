"""Is what was typed there again after a crash, an expired sign-in, a lost network, and on «Escalate now»?"""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from patients.models import Assessment, Draft, LaboratoryResult, Patient, User, Ward
from tests.browser.sheet import Sheet
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_ward

Open = Callable[[User | None], Page]


@pytest.fixture
def ward(nurse: User, physician: User) -> Ward:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    return ward


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, family_name="Smith", given_name="John", mrn="999 123 4567")


def kept(page: Page) -> None:
    expect(page.locator("[data-draft-kept]")).to_contain_text("Kept as your draft at", timeout=15_000)


def test_after_a_crash_it_is_back_for_its_author_and_for_nobody_else(
    open_as: Open, nurse: User, physician: User, patient: Patient
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, patient).open()
    sheet.type("Temperature", "39.5")
    page.get_by_label("None running").check()
    kept(page)
    assert "39.5" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.context.close()
    again = Sheet(open_as(nurse), patient).open()
    expect(again.page.get_by_text("is in the form. It is not recorded.")).to_be_visible()
    expect(again.field("Temperature")).to_have_value("39.5")
    expect(again.page.get_by_label("None running")).to_be_checked()
    expect(again.field("Seen at")).not_to_have_value("")
    assert again.grade()[0] == 1
    other = Sheet(open_as(physician), patient).open()
    expect(other.field("Temperature")).to_have_value("")
    expect(other.page.get_by_text("draft of")).to_have_count(0)
    assert not Assessment.objects.exists()
    again.record()
    assert not Draft.objects.exists()
    again.open()
    expect(again.field("Temperature")).to_have_value("")


def test_what_was_typed_a_moment_before_the_page_is_left_is_kept_too(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[patient.pk]))
    page.get_by_label("Analyte").fill("ferritin")
    page.get_by_role("link", name="Leave without recording").click()
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))
    expect(page.get_by_text("Your draft of a result is kept")).to_be_visible()
    page.get_by_role("link", name="Go back to it").click()
    expect(page.get_by_label("Analyte")).to_have_value("ferritin")
    page.get_by_role("button", name="Drop the draft").click()
    expect(page.get_by_label("Analyte")).to_have_value("")
    assert not Draft.objects.exists()


def test_with_an_expired_sign_in_the_form_is_back_after_signing_in(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    address = reverse("enter_result", args=[patient.pk])
    page.goto(address)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Analyte").fill("ferritin")
    page.get_by_label("Value").fill("812")
    expect(page.locator("[data-draft-lost]")).to_contain_text("Signed out. What you typed is kept", timeout=15_000)
    page.get_by_label("Unit").fill("ng/mL")
    page.get_by_role("button", name="Record for").click()
    expect(page.get_by_text("What you typed is kept as your draft")).to_be_visible()
    page.locator("input[name=login]").fill(nurse.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    for label, text in (("Analyte", "ferritin"), ("Value", "812"), ("Unit", "ng/mL")):
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    assert not LaboratoryResult.objects.exists()
    page.get_by_role("button", name="Record for").click()
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))
    assert LaboratoryResult.objects.get().value == 812
    assert not Draft.objects.exists()


def test_a_lost_network_is_said_nothing_is_sent_into_it_and_its_return_keeps_the_draft(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[patient.pk]))
    page.get_by_label("Analyte").fill("ferritin")
    kept(page)
    page.context.set_offline(True)
    page.get_by_label("Value").fill("812")
    lost = page.locator("[data-draft-lost]")
    expect(lost).to_contain_text("Not saved as a draft: connection lost since ", timeout=15_000)
    page.get_by_role("button", name="Record for").click()
    expect(lost).to_contain_text("Not recorded: connection lost since ")
    expect(page.get_by_label("Value")).to_have_value("812")
    page.get_by_role("button", name="Escalate now").click()
    expect(lost).to_contain_text("the draft could not be kept, and no concern was recorded")
    page.context.set_offline(False)
    kept(page)
    expect(lost).to_have_text("")
    assert Draft.objects.get().fields["value"] == ["812"]
    page.get_by_role("button", name="Escalate now").click()
    expect(page).to_have_url(reverse("raise_concern", args=[patient.pk]))
    expect(page.get_by_text("Your draft of a result is kept")).to_be_visible()


def test_a_draft_that_the_server_could_not_keep_while_leaving_is_sent_again(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[patient.pk]))
    keeping = f"**{reverse('keep_draft', args=[patient.pk])}"
    page.route(keeping, lambda route: route.fulfill(status=503))
    page.get_by_label("Analyte").fill("ferritin")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-draft-lost]")).to_contain_text("Not saved as a draft")
    page.unroute(keeping)
    kept(page)
    assert Draft.objects.get().fields["analyte"] == ["ferritin"]


def test_after_a_lost_answer_and_an_expired_sign_in_nobody_says_that_it_is_a_draft(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, patient).open()
    sheet.type("Temperature", "39.5")
    kept(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**{reverse('assess', args=[patient.pk])}", lose)
    page.get_by_role("button", name="Record for").click()
    expect(page.locator("[data-not-recorded]")).to_contain_text("Not known whether it was recorded")
    assert Assessment.objects.count() == 1
    page.context.clear_cookies(name="sessionid")
    sheet.field("Note").fill("shivers")
    expect(page.locator("[data-draft-lost]")).to_contain_text("This form was recorded before", timeout=15_000)
    assert not Draft.objects.exists()
