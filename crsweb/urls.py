"""Which address leads where? The ward's pages are in `patients.urls`; signing in and out is allauth's."""

from allauth.account import views as account
from django.urls import include, path

from crsweb import browser, health, reports

handler500 = "crsweb.errors.server_error"

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path(browser.REPORTS.lstrip("/"), reports.browser_reports, name="browser_reports"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("", include("patients.urls")),
]
