"""Are the libraries there that PDFs are drawn with? `python -m tests.pango` installs them where they are not."""

import os
import shutil
import subprocess
import sys
from typing import Final

PACKAGES: Final = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")  # Debian's


def found() -> bool:
    """Whether WeasyPrint can be imported: in a process of its own, for what failed once stays failed."""
    command = [sys.executable, "-c", "import weasyprint"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def install() -> bool:
    """Debian's packages, as root. True when they are there after that."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", "--quiet=2", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)
    return found()


def main() -> None:
    if found():
        return
    print("Pango is not installed; installing it for the tests of PDFs", flush=True)
    if install():
        return
    if os.environ.get("CI"):
        sys.exit("Pango could not be installed, and CI is set: the tests of PDFs may not be skipped.")
    print("Pango could not be installed: the tests of PDFs will be skipped.", file=sys.stderr)


if __name__ == "__main__":
    main()
