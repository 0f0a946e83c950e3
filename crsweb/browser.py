"""What may a page of ours do in a browser, and what is every answer told beside it?

One policy of content: nothing inline, nothing evaluated, nothing from another host, in no frame. What a browser refuses
by it, it reports to `crsweb.reports`. One policy of features: none of the machine's (camera, place, sensors …) is used.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from csp.constants import NONE, SELF
from django.http import HttpRequest
from django.http.response import HttpResponseBase

REPORTS: Final = "/reports/browser/"  # the address of `crsweb.reports`
GROUP: Final = "ours"  # the name by which the policy finds that address among the reporting endpoints

CONTENT: Final[dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": [REPORTS],  # for browsers that do not know the next
        "report-to": [GROUP],
    }
}

# A key of security is asked for by the sign-in page; of all else that a browser could lend a page nothing is used.
OURS_ALONE: Final = ("publickey-credentials-create", "publickey-credentials-get")
NOBODYS: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "clipboard-read",
    "compute-pressure",
    "digital-credentials-get",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
FEATURES: Final = ", ".join([*(f"{one}=(self)" for one in OURS_ALONE), *(f"{one}=()" for one in NOBODYS)])

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": FEATURES,
        "Reporting-Endpoints": f'{GROUP}="{REPORTS}"',
        "X-Permitted-Cross-Domain-Policies": "none",
    }
)


def told(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Every answer, a static file and an error page too, carries `HEADERS`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return middleware
