"""Which address leads where? The ward's pages are in `patients.urls`; signing in is in `crsweb.account_urls`."""

from django.urls import include, path

from crsweb import browser, health, reports

handler500 = "crsweb.errors.server_error"

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path(browser.REPORTS.lstrip("/"), reports.browser_reports, name="browser_reports"),
    path("accounts/", include("crsweb.account_urls")),
    path("", include("patients.urls")),
]
