"""Does the sign-in page let the right people in, under the strict content policy?"""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from patients.models.user import User
from tests.conftest import PASSWORD


def test_a_signed_out_browser_is_brought_to_the_sign_in_page(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url("/accounts/login/?next=/")


def test_a_nurse_signs_in_by_keyboard(page: Page, nurse: User) -> None:
    page.goto("/")
    page.locator("input[name=login]").focus()
    page.keyboard.type(nurse.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/")


def test_a_wrong_password_stays_on_the_sign_in_page_and_says_so(page: Page, nurse: User) -> None:
    page.goto("/")
    page.locator("input[name=login]").fill(nurse.username)
    page.locator("input[name=password]").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The user name or the password is not right.").first).to_be_visible()
    expect(page.locator("input[name=login]")).to_have_value(nurse.username)


def test_one_who_is_signed_in_sees_the_ward(open_as: Callable[[User | None], Page], nurse: User) -> None:
    page = open_as(nurse)
    page.goto("/")
    expect(page).to_have_url("/")
