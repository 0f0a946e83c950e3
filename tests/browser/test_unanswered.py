"""Does the page that needs no database tell the truth by itself, within reach and in each theme?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, Request, Route, expect

from crsweb import roles
from crsweb.database import watch
from patients import actions, drafts
from patients.models import Assessment, Patient, Submission, User, Weight
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.browser.test_pages_accessible import Open
from tests.patients.cast import a_patient, a_ward

CAN_ONLY_READ = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def patient(nurse: User, transactional_db: None) -> Patient:
    ward = a_ward(nurse)
    return a_patient(nurse, ward, bed=ward.beds.get())


@pytest.fixture
def unanswered(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From its call on the site has no connection and gets none, until `watch.breaker.close()`."""
    monkeypatch.setattr(watch, "LEFT_ALONE_FOR", 3600.0)

    def begin() -> None:
        watch.breaker.open()
        with psycopg.connect(postgresql, autocommit=True) as admin:
            ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = %s"
            admin.execute(ours, [connection.settings_dict["NAME"], roles.APPLICATION])

    yield begin
    watch.breaker.close()


def test_what_was_typed_is_kept_and_the_page_says_by_itself_what_became_of_it(
    open_as: Open, nurse: User, patient: Patient, unanswered: Callable[[], None]
) -> None:
    page = open_as(nurse)
    page.goto(reverse("record_measurement", args=[patient.pk]))
    page.get_by_label("Weight").fill("70.5")
    submission = page.locator("[name=submission_id]").input_value()
    unanswered()
    sent(page)
    expect(page.get_by_role("heading", name="Not recorded")).to_be_visible()
    expect(page.get_by_text("asks again every 2 seconds")).to_be_visible()
    for theme in ("light", "dark", "night"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        assert found_by_axe(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(CAN_ONLY_READ)

    watch.breaker.close()
    connection.close()
    expect(page.get_by_text("The database answers again, and this entry is not in the record")).to_be_visible()
    page.get_by_role("button", name="Record for").click()
    page.wait_for_url(f"**{reverse('patient_detail', args=[patient.pk])}")
    assert Weight.objects.filter(weight_kg=Decimal("70.5")).count() == 1
    assert not Submission.objects.filter(pk=submission).exists()  # of which it had been said


def test_an_entry_in_doubt_is_found_in_the_record(
    open_as: Open, nurse: User, patient: Patient, unanswered: Callable[[], None]
) -> None:
    page = open_as(nurse)
    page.goto(reverse("record_measurement", args=[patient.pk]))
    page.get_by_label("Weight").fill("70.5")
    submission = page.locator("[name=submission_id]").input_value()
    page.evaluate("""() => document.getElementById("act").insertAdjacentHTML("beforeend",
        '<input type="hidden" name="in_doubt" value="yes">')""")  # as after a try that was never answered
    unanswered()
    sent(page)
    expect(page.get_by_role("heading", name="Checking whether it is recorded")).to_be_visible()
    watch.breaker.close()
    connection.close()
    actions.record_measurement(by=nurse, submission_id=UUID(submission), patient=patient, weight_kg=Decimal(70))
    expect(page.get_by_role("heading", name="Recorded", exact=True)).to_be_visible()
    page.get_by_role("link", name="Look at the record").click()
    page.wait_for_url(f"**{reverse('patient_detail', args=[patient.pk])}")


def test_the_form_finds_by_itself_what_became_of_an_entry_whose_answer_was_lost(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, patient).open()
    sheet.type("Temperature", "39.5")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route(f"**{reverse('assess', args=[patient.pk])}", lose)
    page.get_by_role("button", name="Record for").click()
    page.wait_for_url(f"**{reverse('patient_detail', args=[patient.pk])}")
    assert Assessment.objects.count() == 1


def test_what_arrives_after_the_form_has_said_not_recorded_is_not_recorded(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, patient).open()
    sheet.type("Temperature", "39.5")
    held: list[Request] = []

    def hold(route: Route) -> None:
        held.append(route.request)
        route.abort()

    page.route(f"**{reverse('assess', args=[patient.pk])}", hold, times=1)
    button = page.get_by_role("button", name="Record for")
    button.click()
    expect(page.locator("[data-not-recorded]")).to_contain_text("Not recorded. There is an answer again")
    form, headers = held[0].post_data or "", {"HX-Request": "true", "Content-Type": held[0].headers["content-type"]}
    late = page.request.post(held[0].url, data=form, headers=headers | {"Referer": page.url})
    assert (late.status, Assessment.objects.count()) == (422, 0)
    button.click()
    page.wait_for_url(f"**{reverse('patient_detail', args=[patient.pk])}")
    assert Assessment.objects.count() == 1


def test_the_page_ends_its_asking_where_this_user_is_not_told(
    open_as: Open, nurse: User, patient: Patient, unanswered: Callable[[], None]
) -> None:
    page = open_as(nurse)
    page.goto(reverse("record_measurement", args=[patient.pk]))
    page.get_by_label("Weight").fill("70.5")
    page.route("**/entries/**", lambda route: route.fulfill(status=404))
    unanswered()
    sent(page)
    expect(page.get_by_text("cannot be said here: look at the record")).to_be_visible()


def test_the_form_says_that_a_database_which_does_not_answer_recorded_nothing_and_keeps_what_was_typed(
    open_as: Open,
    nurse: User,
    patient: Patient,
    unanswered: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And what is sent again unchanged is of when it was first sent."""
    monkeypatch.setattr(drafts, "AT_ONCE", timedelta(0))
    page = open_as(nurse)
    sheet = Sheet(page, patient).open()
    sheet.type("Temperature", "39.5")
    unanswered()
    button = page.get_by_role("button", name="Record for")
    button.click()
    expect(page.locator("[data-not-recorded]")).to_contain_text("Not recorded: the database could not take it")
    expect(page.locator("#verdict-panel")).to_contain_text("Not graded: the database does not answer")
    expect(page.locator("#verdict .grade")).to_have_count(0)
    watch.breaker.close()
    connection.close()
    button.click()
    page.wait_for_url(f"**{reverse('patient_detail', args=[patient.pk])}")
    assert Assessment.objects.count() == 1
    assert Submission.objects.get(act="record_assessment").values["at"] is not None


def sent(page: Page) -> None:
    """The form as it is, without the script that keeps a draft first: that one has words of its own for no answer."""
    page.evaluate("() => HTMLFormElement.prototype.submit.call(document.getElementById('act'))")


def test_left_alone_it_covers_what_was_typed_until_somebody_presses(
    open_as: Open, nurse: User, patient: Patient, unanswered: Callable[[], None]
) -> None:
    page = open_as(nurse)
    page.clock.install()
    page.goto(reverse("record_measurement", args=[patient.pk]))
    page.get_by_label("Weight").fill("70.5")
    unanswered()
    sent(page)
    expect(page.get_by_text("70.5")).to_be_visible()
    page.clock.fast_forward("02:01")
    expect(page.get_by_text("70.5")).to_be_hidden()
    expect(page.get_by_role("button", name="Record")).to_be_hidden()
    expect(page.get_by_role("heading", name="Not recorded")).to_be_visible()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Show what you typed").press("Enter")
    expect(page.get_by_text("70.5")).to_be_visible()
    expect(page.get_by_role("button", name="Record")).to_be_focused()
