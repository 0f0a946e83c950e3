"""What stands around a benchmark? Django, set up as for the tests: imported before anything that needs it.

Benchmarks are run by hand, each by its name: `.venv/bin/python -m benchmarks.timeline`. No test measures time.
"""

import os

import django

os.environ.setdefault("CRSWEB_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings_for_tests")
django.setup()
