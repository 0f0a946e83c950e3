"""How is the project set up where a test runs it as a site does? In production, its static files in a folder of the
test, with the names of a site and not compressed, which takes longest and changes no header."""

import os
from pathlib import Path

os.environ["CRSWEB_MODE"] = "production"
from crsweb.settings import *  # noqa: F403  # the mode must be set before

STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
