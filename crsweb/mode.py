"""Which mode does this process run in, and may it serve?

`CRSWEB_MODE` says: `production` (when nothing is set), `demo`, `development` or `test`. The last three know where
their own embedded database would be; only the launchers and the tests start it.
"""

import os
import re
import sys
from typing import Final, NoReturn

MODES: Final = ("production", "demo", "development", "test")
ROLES: Final = (
    "nurse",
    "charge-nurse",
    "physician",
    "admin",
    "auditor",
)  # patients.models.Role, and no model is loaded
GUNICORN_STOPS: Final = 4  # gunicorn gives up on this exit status of a worker, and starts no further ones


def current() -> str:
    """The mode of this process; ends it with one line on a name that is none."""
    mode = os.environ.get("CRSWEB_MODE") or "production"
    if mode not in MODES:
        stop(f"CRSWEB_MODE is {mode!r}; allowed are {', '.join(MODES)}")
    return mode


def hindrances() -> list[str]:
    """Why this process may not serve: empty when it may."""
    from django.conf import settings

    if settings.MODE != "production":
        return []
    found = []
    if not settings.HAS_SECRET_KEY:
        found.append("SECRET_KEY is not set")
    if settings.DEBUG:
        found.append("DEBUG is on")
    if not settings.HAS_DATABASE:
        found.append("DATABASE_URL is not set")
    if not settings.ALLOWED_HOSTS:
        found.append("ALLOWED_HOSTS is not set")
    if settings.EVENTS_URL and not re.fullmatch("/([^/].*)?", settings.EVENTS_URL):
        found.append("EVENTS_URL is no path of this site, such as /events/")
    found += [
        f"REQUIRE_SECOND_FACTOR_FOR names {role!r}; allowed are {', '.join(ROLES)}"
        for role in settings.REQUIRE_SECOND_FACTOR_FOR
        if role not in ROLES
    ]
    if settings.REAUTHENTICATION_MINUTES < 0:
        found.append("REAUTHENTICATION_MINUTES is below 0")
    if settings.OPENID_CONNECT_ISSUER and not settings.OPENID_CONNECT_ISSUER.startswith("https://"):
        found.append("OPENID_CONNECT_ISSUER does not begin with https://")
    return found


def refuse_to_serve_unsafely() -> None:
    """Ends the process with one line when production lacks what it needs."""
    if found := hindrances():
        stop(f"not serving in production mode: {'; '.join(found)}")


def stop(reason: str) -> NoReturn:
    """Ends the process with one line on standard error."""
    print(f"crsweb: {reason}", file=sys.stderr, flush=True)
    sys.exit(GUNICORN_STOPS)
