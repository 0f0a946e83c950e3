"""What of a database error may stand in a log?

Not the row: PostgreSQL quotes it (`DETAIL: Failing row contains (…)`, `Key (mrn)=(…)`), and a value that cannot be read
it quotes in the message itself. A log keeps which rule of which table was broken.

Nor what any other error says: Python quotes what it could not read (`invalid literal for int(): …`). A log keeps the
kind of error and the lines of the program that it came through. Nor the address that was asked for, but its pattern.

The errors are stripped when a log record is made, before any handler or formatter has seen it: those of the record, of
its arguments, and every one that led to them.
"""

import logging
import traceback
from collections.abc import Iterable, Iterator
from typing import Any, Final

import psycopg
from django.db import Error as DjangoError
from django.http import HttpRequest

from crsweb.pages import page_of

LEFT_OUT: Final = "[the values are left out]"
QUOTES: Final = ("\nDETAIL:", "\nCONTEXT:", "\nLINE ", "\nQUERY:")  # PostgreSQL's lines that quote values


def install() -> None:
    """From now on no log record of this process holds the values of a database error."""
    make = logging.getLogRecordFactory()

    def stripped(*args: Any, **options: Any) -> logging.LogRecord:
        record = make(*args, **options)
        arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
        raised = record.exc_info[1] if record.exc_info else None
        for error in (raised, record.msg, *arguments):
            if isinstance(error, BaseException):
                strip(error)
        if isinstance(record.msg, str):
            record.msg = _before_quotes(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_before_quotes(one) if isinstance(one, str) else one for one in record.args)
        if raised is not None:
            record.exc_text = trace_of(raised)  # what every formatter writes, in place of one of its own
        return record

    logging.setLogRecordFactory(stripped)


class Patterns(logging.Filter):
    """Of a record about a request: the pattern of its address in place of the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(page_of(request.path_info) if one == request.path else one for one in record.args)
        return True


def trace_of(error: BaseException) -> str:
    """Through which lines of the program it came, and what led to it: the kinds of errors, and of those of the database
    what was broken. What other errors say is left out: it may quote what was typed."""
    return "\n\nwhich comes of:\n\n".join(map(_trace, _chain(error)))


def _trace(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    said = str(error) if isinstance(error, psycopg.Error | DjangoError) else LEFT_OUT if error.args else ""
    last = f"{kind}: {said}" if said else kind
    return "".join(["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), last])


def strip(error: BaseException) -> None:
    """Takes the values out of a database error, and out of every error that led to it."""
    for one in _chain(error):
        if isinstance(one, psycopg.Error | DjangoError) and one.args:
            one.args = (_said(one),)


def _said(error: BaseException) -> str:
    """What was broken, without what was sent."""
    first = error.__cause__ if isinstance(error, DjangoError) else error
    if isinstance(first, psycopg.DataError):  # its message quotes the value
        return f"{type(first).__name__} ({first.sqlstate}) {LEFT_OUT}"
    return _before_quotes(str(error))


def _before_quotes(text: str) -> str:
    places = [place for mark in QUOTES if (place := text.find(mark)) >= 0]
    return f"{text[: min(places)]} {LEFT_OUT}" if places else text


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it, each once."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        within: Iterable[BaseException] = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        left += [one.__cause__, one.__context__, *within]
