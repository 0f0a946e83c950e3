"""How does a page of paper become a PDF, and what is said where it cannot?

WeasyPrint draws with libraries of the system (Pango, HarfBuzz, Fontconfig). Where they are missing the application runs
as before: printing remains, and the page says why there is no PDF.
"""

import contextlib
import io
import threading
from functools import lru_cache
from typing import Any, Final

PDF: Final = "application/pdf"
LIBRARIES: Final = "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0"  # Debian's names
_ONE_AT_A_TIME: Final = threading.Lock()  # the libraries are not asked by two threads at once


class NoPdf(Exception):
    """No PDF can be made here; the message says why, for a person."""


def why_not() -> str:
    """Why no PDF can be made on this server, as a sentence; empty where it can."""
    try:
        _weasyprint()
    except NoPdf as reason:
        return str(reason)
    return ""


def pdf_of(html: str) -> bytes:
    """The PDF of a whole document with its styles in it. Nothing is fetched, whatever the document names.

    Raises `NoPdf` where the libraries are missing.
    """
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    with _ONE_AT_A_TIME:
        written: bytes = weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf()
    return written


@lru_cache(maxsize=1)
def _imported() -> tuple[Any, str]:
    """The package, or why it cannot be had. Importing it looks its libraries up, and prints what is missing."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint
    except (ImportError, OSError) as missing:
        name = str(missing).partition(":")[0]
        return None, f"No PDF can be made on this server: {name} cannot be loaded. It needs {LIBRARIES}."
    return weasyprint, ""


def _weasyprint() -> Any:
    package, reason = _imported()
    if package is None:
        raise NoPdf(reason)
    return package
