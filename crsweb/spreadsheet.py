"""How does the application write a table that a spreadsheet opens, and never a formula? By this writer alone.

A text that a program for spreadsheets would take for a formula has an apostrophe before it, which such a program shows
as text: what begins with = + - @ in plain or full width, with a tab or a line end, also behind blanks and characters
that nobody sees, and behind a semicolon, tab or line end within, where another country's program begins a new cell
(OWASP, «CSV Injection»). A number is a number: it is given as one, and stays as it is.
"""

import csv
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, Protocol

Cell = str | int | float | Decimal | None


class Stream(Protocol):
    """What takes text: a file, a command's standard output, a list of parts that is sent as it grows."""

    def write(self, text: str, /) -> object: ...


_UNSEEN: Final = r"[\s\x00-\x20\x7f-\xa0\xad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
_OPENS: Final = r"[=+\-@＝＋－＠﹢﹣﹦﹫−]"
_BEGINS: Final = re.compile(rf"(\A|[;\t\n])({_UNSEEN})(?={_OPENS})")
_AHEAD: Final = ("\t", "\n")


def harmless(text: str) -> str:
    """The text as a cell that stays a text. A bare carriage return would end the row: line ends become plain ones."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n").replace("\r", "\n")
    held = _BEGINS.sub(r"\1'\2", text)
    return f"'{held}" if held.startswith(_AHEAD) else held


def written(cell: Cell) -> str:
    """What stands in the file for a cell: nothing for None, the digits of a number, a harmless text."""
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else str(cell)


def writer(stream: Stream) -> Callable[[Iterable[Cell]], None]:
    """A function that writes one row of comma-separated values (RFC 4180, with plain line ends) to the stream."""
    table = csv.writer(stream, lineterminator="\n")

    def row(cells: Iterable[Cell]) -> None:
        table.writerow([written(cell) for cell in cells])

    return row
