"""Which Chromium do the tests drive? `python -m tests.chromium` installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def system() -> str | None:
    """The path of the system's browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def found() -> bool:
    """Whether there is a browser: the system's, or else Playwright's own."""
    if system():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def install() -> bool:
    """Debian's chromium as root, else Playwright's own. True when there is one after that."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("update", "install --yes --no-install-recommends chromium"):
            subprocess.run(
                ["apt-get", "--quiet=2", *command.split()], env=quiet, stdout=subprocess.DEVNULL, check=False
            )
    if not found():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return found()


def main() -> None:
    if found():
        return
    print("No Chromium is installed; installing one for the browser tests", flush=True)
    if install():
        return
    if os.environ.get("CI"):
        sys.exit("No Chromium could be installed, and CI is set: the browser tests may not be skipped.")
    print("No Chromium could be installed: the browser tests will be skipped.", file=sys.stderr)


if __name__ == "__main__":
    main()
