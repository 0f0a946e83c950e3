"""How is a page answered that is read on screen, printed, or had as a PDF?

The paper is a document of its own, whole in itself: black on white, its styles in it, nothing to be fetched. The same
document is what the downtime pack keeps on disk.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from patients.pdf import PDF, NoPdf, pdf_of, why_not


def document(template: str, context: Mapping[str, Any]) -> str:
    """The document as HTML, with its styles in it."""
    sheet = Path(settings.BASE_DIR, "static", "paper.css").read_text(encoding="utf-8")
    return render_to_string(template, {**context, "styles": mark_safe(f"<style>{sheet}</style>")})


def on_screen_or_paper(
    request: HttpRequest, template: str, paper: str, context: Mapping[str, Any], file_name: str
) -> HttpResponse:
    """The page; with `?format=pdf` the PDF of its paper, or where none can be made the page that says why (406).

    `file_name` is what the browser would save: no patient is named in it.
    """
    if request.GET.get("format") != "pdf":
        return render(request, template, {**context, "no_pdf": why_not()})
    try:
        pdf = pdf_of(document(paper, context))
    except NoPdf as reason:
        return render(request, template, {**context, "no_pdf": str(reason)}, status=406)
    return HttpResponse(pdf, content_type=PDF, headers={"Content-Disposition": f'inline; filename="{file_name}.pdf"'})
