"""How do the tests read a PDF, and what do they do where none can be made?"""

import io
import os

import pytest
from pypdf import PdfReader

from patients.pdf import why_not


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def needs_pdf() -> None:
    """Skips the test where the libraries are missing; where CI is set a missing one is a failure."""
    reason = why_not()
    if reason:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"{reason} `make pango` installs them")
