"""Does this grade belong to what is in the form now?

The form posts a sequence number; the server answers with it and with a digest of the values it received. The script
computes the same digest of what the form holds, and shows the grade only where both are equal. The digest is no secret
and guards against no one: it tells one state of a form from another.
"""

import zlib
from typing import Final

from django.http import QueryDict

NOT_VALUES: Final = frozenset({"csrfmiddlewaretoken", "sequence", "digest", "in_doubt", "first_sent"})


def digest_of(posted: QueryDict) -> str:
    """CRC-32, as 8 hexadecimal digits, of the posted names and values: names in order, the values of a name as posted.

    A line's end counts as one character however it was sent. `static/assess.js` computes the same.
    """
    text = "".join(
        f"{name}\x1f{value}\x1e"
        for name in sorted(name for name in posted if name not in NOT_VALUES)
        for value in posted.getlist(name)
    )
    return f"{zlib.crc32(text.replace(chr(13) + chr(10), chr(10)).replace(chr(13), chr(10)).encode()):08x}"
