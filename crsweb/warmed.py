"""What does a process do once before it serves? Load what the first page would wait for, and look for garbage seldom.

A page about a long course makes some hundred thousand objects, and nearly none of them in cycles. By Python's own
settings all objects of the process are walked through several times while such a page is made: about half of the time
that 2,000 assessments took to draw (`benchmarks/timeline.py`). What is in no cycle is freed at once, as ever.
"""

import gc
from typing import Final

from django.template import engines

THRESHOLDS: Final = (50_000, 20, 100)  # new objects before the youngest are walked through; of those, before the older


def prepare() -> None:
    """At the end of loading: what is there now stays as long as the process, and is not walked through any more."""
    engines.all()  # with the libraries of their tags
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
