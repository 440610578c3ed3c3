"""The front-end packages of package-lock.json: installed by npm and served as they are, there is no build."""

import re
import shutil
import subprocess
from pathlib import Path

from scripts.installing.layout import ENVIRONMENT, NODE_MODULES, ROOT
from scripts.installing.progress import run
from scripts.installing.python_packages import install_lock
from scripts.installing.stamps import fingerprint, forget, is_fresh, remember

OLDEST_NODE = 18


def install() -> None:
    """Install the front-end packages, unless that is done already."""
    wanted = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
    if NODE_MODULES.is_dir() and is_fresh("node", wanted):
        return
    forget("node")
    run(
        "Installing the front-end packages",
        [_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cure="Is the npm registry reachable (npm's own settings are honoured)?",
    )
    remember("node", wanted)


def _npm() -> Path:
    """The machine's npm where it is recent enough, else one from a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Path(npm)
    carried = ENVIRONMENT / "bin" / "npm"
    if not carried.exists():
        install_lock("Installing Node.js (the machine has none)", "node.txt")
    return carried


def _major(node: str) -> int:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    matched = re.match(r"v(\d+)", asked.stdout)
    return int(matched[1]) if matched else 0
