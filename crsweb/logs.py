"""What of a database error may stand in a log?

Not the row: PostgreSQL quotes it (`DETAIL: Failing row contains (…)`, `Key (mrn)=(…)`), and a value that cannot be read
it quotes in the message itself. A log keeps which rule of which table was broken.

The errors are stripped when a log record is made, before any handler or formatter has seen it: those of the record, of
its arguments, and every one that led to them.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, Final

import psycopg
from django.db import Error as DjangoError

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
        return record

    logging.setLogRecordFactory(stripped)


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
