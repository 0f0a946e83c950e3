"""How is the project set up, in each of its modes?

Read from the environment: `CRSWEB_MODE` (see `crsweb.mode`), and in production `SECRET_KEY`, `DATABASE_URL`,
`ALLOWED_HOSTS` (comma between names), `CSRF_TRUSTED_ORIGINS`; `DATABASE_OWNER_URL` for `migrate`, `backup` and
`restore`. Nothing here starts a server, opens a connection or fails for want of a value: `manage.py grade` needs none
of them, and what serves asks `crsweb.mode.refuse_to_serve_unsafely`.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ

from crsweb import browser, embedded, mode, roles

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = mode.current()
PRODUCTION = MODE == "production"
env = environ.Env()

# Django's own name for the key is asked for only when something is signed; an empty one refuses by itself.
SECRET_KEY = env.str("SECRET_KEY", "") if PRODUCTION else f"no secret: {MODE} listens on this machine alone"
HAS_SECRET_KEY = bool(SECRET_KEY)
DEBUG = env.bool("DEBUG", False) if PRODUCTION else MODE == "development"
ALLOWED_HOSTS = (
    env.list("ALLOWED_HOSTS", default=[]) if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "crsweb",  # before Django's own: its `migrate` runs as the owner
    "patients",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "crsweb.pages.named",
    "crsweb.browser.told",  # outermost, with the content policy: on static files, redirects and errors too
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crsweb.middleware.never_stored",
    "crsweb.unanswered.answered_anyway",  # outside everything that asks the database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "crsweb.middleware.origin_known",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crsweb.presence.Present",
    "django_htmx.middleware.HtmxMiddleware",
    "crsweb.middleware.SignInRequired",
    "crsweb.middleware.RoleRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crsweb.second_factor.SecondFactorRequired",
    "patients.seen.noted",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "crsweb.urls"
WSGI_APPLICATION = "crsweb.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- The database: one PostgreSQL, two roles (crsweb.roles). A connection lives 60 s; a statement at most 2 s, a wait
# for a lock 1 s, a server that says nothing 2.5 s (crsweb.database). The demo keeps to its embedded one: its people and
# their passwords are known to all.
DATABASE_URL = "" if MODE == "demo" else env.str("DATABASE_URL", "")
HAS_DATABASE = bool(DATABASE_URL) or not PRODUCTION
DATABASES: dict[str, dict[str, Any]] = {}
DATABASE_OWNER: dict[str, Any] | None = None
if DATABASE_URL:
    DATABASES["default"] = roles.database(roles.address_of("DATABASE_URL", DATABASE_URL))
    if env.str("DATABASE_OWNER_URL", ""):
        DATABASE_OWNER = roles.address_of("DATABASE_OWNER_URL", env.str("DATABASE_OWNER_URL"))
elif PRODUCTION:
    DATABASES["default"] = roles.database({"NAME": ""})  # Django refuses to connect without a name
else:
    DATABASES["default"] = roles.database(embedded.address(BASE_DIR, MODE))
    DATABASE_OWNER = {"USER": roles.OWNER}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "crsweb_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # an entry a course and one a page's count: 300 would drop those in use
    }
}

# --- Who is there. The sign-in page is the only one a signed-out browser gets (crsweb.middleware.SignInRequired).
AUTH_USER_MODEL = "patients.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crsweb.accounts.WardAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
USERSESSIONS_ADAPTER = "crsweb.accounts.WardSessions"
# A ward shares its workstations and its address. What is tried on is slowed (crsweb.slowing); more than 300 tries a
# minute from one address are a flood.
ACCOUNT_RATE_LIMITS: Any = {
    "login": "300/m/ip",
    "login_failed": "",  # of codes, by the person alone: not allauth's to count (crsweb.code_forms)
    "password_failed": "20/5m/key",
    "password_elsewhere": "60/h/key",
    "password_slowed": "1/m/key",
    "code_failed": "10/h/key",
    "code_elsewhere": "10/h/key",
    "code_slowed": "1/m/key",
    "failed_of_address": "60/m/key",
    "step_up": "5/5m/user",
}
# Signing and accepting a treatment ask again who it is, after so many minutes; 0: each time (crsweb.step_up). Allauth
# asks by a time of its own before an account is changed: 5 minutes.
REAUTHENTICATION_MINUTES = env.int("REAUTHENTICATION_MINUTES", 5)

# --- A name is locked at an address after ten wrong passwords: neither is locked alone (crsweb.lockout).
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "crsweb.lockout.name_of"
AXES_CLIENT_IP_CALLABLE = "crsweb.lockout.address"
AXES_LOCKOUT_CALLABLE = "crsweb.lockout.locked_page"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# --- A second factor: an app's codes or a key, with a list of codes for when it is lost. `REQUIRE_SECOND_FACTOR_FOR`:
# the roles that cannot do without, comma between them (crsweb.second_factor).
MFA_ADAPTER = "crsweb.second_factor.WardSecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "crsweb.code_forms.AskCode",
    "reauthenticate": "crsweb.code_forms.AskCodeAgain",
    "add_webauthn": "crsweb.key_forms.AddKey",
    "authenticate_webauthn": "crsweb.key_forms.AskKey",
    "reauthenticate_webauthn": "crsweb.key_forms.AskKeyAgain",
}
MFA_TOTP_ISSUER = "crsweb"
MFA_TOTP_TOLERANCE = 1  # of 30 s, for the clocks of phones
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are an administrator's; no mail is sent
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
REQUIRE_SECOND_FACTOR_FOR = env.list("REQUIRE_SECOND_FACTOR_FOR", default=[])

# --- The site's identity provider (crsweb.single_sign_on): none unless its issuer is named.
OPENID_CONNECT_ISSUER = env.str("OPENID_CONNECT_ISSUER", "")
OPENID_CONNECT_CLAIM = env.str("OPENID_CONNECT_CLAIM", "email")
SOCIALACCOUNT_ADAPTER = "crsweb.single_sign_on.WardSingleSignOn"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: the content policy lets no form be sent elsewhere
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        # A workstation is shared: who stands there is asked each time, whoever the provider knows there still
        "AUTH_PARAMS": {"prompt": "login", "max_age": "0"},
        "APPS": [
            {
                "provider_id": "site",
                "name": env.str("OPENID_CONNECT_NAME", "the hospital's account"),
                "client_id": env.str("OPENID_CONNECT_CLIENT_ID", ""),
                "secret": env.str("OPENID_CONNECT_CLIENT_SECRET", ""),
                "settings": {"server_url": OPENID_CONNECT_ISSUER},
            }
        ]
        if OPENID_CONNECT_ISSUER
        else [],
    }
}

SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# `__Host-`: a browser takes such a cookie from this very host alone, over TLS, for all its paths.
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the form they send
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # «Strict» would sign out whoever comes by a link
CSRF_COOKIE_AGE = None  # with the browser's session
CSRF_FAILURE_VIEW = "patients.views.drafts.refused_token"  # keeps what was typed in the form that is refused
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would hold clinical words

# --- The browser: nothing inline, nothing from another host, in no frame (crsweb.browser).
CONTENT_SECURITY_POLICY = browser.CONTENT
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
PROXIES = env.int("PROXIES", 1 if PRODUCTION else 0)  # between a browser and here: whose word on its address is taken
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION

# --- Sizes: a form of a ward is far below these; nothing is uploaded.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of one request: more than a draft of any script (patients.drafts)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE in ("production", "demo")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE in ("development", "test")

# --- Pages that stay true while they are open: the path by which a browser reaches the events process
# (`crsweb.events`). Empty: there is none, and the pages ask every 1.5 s.
EVENTS_URL = env.str("EVENTS_URL", "")

# --- Errors go to standard error, with the trace, and without the request, its address and what an error quotes:
# nothing of a patient is in it (crsweb.logs).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"patterns": {"()": "crsweb.logs.Patterns"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["patterns"]},
        "mail_admins": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING"}},
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# --- The downtime packs (`manage.py downtime_pack`): the folder that they lie in. No folder, no packs.
DOWNTIME_FOLDER = env.str("DOWNTIME_FOLDER", "" if PRODUCTION else str(embedded.folder(BASE_DIR, MODE) / "downtime"))

# --- The heads of the audit trail (`manage.py export_audit_heads`): a folder off this machine. No folder, no heads.
AUDIT_HEADS_FOLDER = env.str("AUDIT_HEADS_FOLDER", "")
