"""What does the page of a second factor show: whether it is needed, and the square that an app reads?"""

from typing import NamedTuple

import qrcode
from django import template

from crsweb.second_factor import needs_one
from patients.models import User

register = template.Library()


class Square(NamedTuple):
    """A square of `size` units, its dark units as the path of an SVG."""

    size: int
    path: str


@register.simple_tag
def needs_second_factor(user: User) -> bool:
    return needs_one(user)


@register.simple_tag
def qr(text: str) -> Square:
    code = qrcode.QRCode(border=0)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Square(len(rows), "".join(dark))
