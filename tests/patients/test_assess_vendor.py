"""Is the vendored htmx the one that was tried?"""

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
PINNED = {"htmx-2.0.11.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"}
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_every_vendored_script_has_its_pinned_hash_its_licence_and_its_line_in_the_list() -> None:
    assert {path.name for path in VENDOR.glob("*.js")} == set(PINNED)
    listed = (VENDOR / "README.md").read_text()
    for name, digest in PINNED.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
        assert f"`{name}`" in listed and digest in listed
        assert (VENDOR / name.replace(".min.js", ".LICENSE.txt")).exists()


def test_htmx_is_set_up_for_a_strict_content_policy_and_keeps_no_patient() -> None:
    page = (TEMPLATES / "patients" / "assess.html").read_text()
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", page)
    assert found is not None
    config = json.loads(found[1])
    assert {name: config[name] for name in config if name != "responseHandling"} == {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "selfRequestsOnly": True,
        "timeout": 5000,
        "allowScriptTags": False,
    }


def test_no_template_holds_a_script_a_style_or_an_inline_handler() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"hx-on|\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text), path
