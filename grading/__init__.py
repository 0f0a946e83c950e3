"""What grade does this course have, and why? Pure Python: no Django, no database, no HTTP.

`grade_course` in `grading.course` is the one way in; pages, command and every later interface call it.
"""

RULES_VERSION = "2026.1"
