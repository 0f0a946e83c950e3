"""What odd things can stand where a value is expected? Texts, numbers and times at the edges of reading them."""

from typing import Final

from hypothesis import strategies as st

MARKUP: Final = "<crsweb-x>"  # never comes out as it went in
QUOTE: Final = '" crsweb-q="'  # nor this: it would end an attribute

CHARACTERS: Final = (
    "\x00",
    "\x1b[2J",
    "\ud800",  # half a character
    "\udfff\ud83d",
    "\u202e830\u202c",  # read from the right
    "\u2066\u2069\u200f",
    "e\u0301" + "\u0301" * 300,
    "\uff13\uff18.\uff15",  # full-width digits
    "٣٨",  # Arabic-Indic digits
    "³⁸",
    "Ⅻ",
    "\u00a038\u2009",
    "\ufeff38",
    "\u2028\u2029\u0085",
    "İıſﬃ",  # cases that change lengths
    "\U0010ffff",
    "👩‍⚕️",
    "\r\nX-Crsweb: 1",
    "%00%0d%0a",
    "%s%n{0}{{1}}{% now %}",
    "' OR 1=1 --",
    "\\",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "javascript:alert(1)",
    "//evil.example/",
    "http://[",
)
NUMBERS: Final = (
    "",
    " ",
    "-0",
    "-1",
    "0",
    "1e9",
    "1e999",
    "-1e-999",
    "38,6",
    "38.60",
    "38.",
    ".5",
    "1,234.5",
    "NaN",
    "Infinity",
    "0x26",
    "1_000",
    "9" * 40,
    "0." + "0" * 40 + "1",
    "2147483648",
    "9223372036854775808",
    "1" + "0" * 4300,
    "38.5 °C",
    "101.5 F",
    "120/80",
    "120/",
    "120/80/60",
    "6-9",
    "≥38",
    "true",
    "null",
)
MOMENTS: Final = (
    "24:00",
    "00:00",
    "23:59:60",
    "4:28 first",
    "02:30 second",
    "29-Feb-2027 04:28",
    "29-Mar-2026 02:30",
    "25-Oct-2026 02:30",
    "25-Oct-2026 02:30 second",
    "01-Jan-0001 00:00",
    "31-Dec-9999 23:59",
    "0000-00-00 00:00",
    "05-Jan-2026T04:28",
    "2026-01-05 04:28+01:00",
    "05-Jan-2999 04:28",
    "now",
)
NAMES: Final = (
    "pk",
    "id",
    "entered_by",
    "patient",
    "ward",
    "submission_id",
    "role",
    "fill",
    "confirmed",
    "use",
    "\x00",
)


def texts() -> st.SearchStrategy[str]:
    """Anything that can be typed, pasted or sent."""
    markup = st.sampled_from((MARKUP, f"{QUOTE}'>{MARKUP}", f"</textarea></script>{MARKUP}", f"]]>--!>{MARKUP}"))
    huge = st.sampled_from(("A" * 70_000, "9" * 20_000, "\u0301" * 5_000, MARKUP * 500, "\n" * 10_000))
    return st.one_of(
        markup,
        st.sampled_from(NUMBERS),
        st.sampled_from(CHARACTERS),
        st.sampled_from(MOMENTS),
        st.text(max_size=20),
        st.tuples(st.sampled_from(CHARACTERS), markup).map("".join),
        huge,
    )
