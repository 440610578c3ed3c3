"""What the machine must have before anything is installed."""

import importlib.util
import platform
import shutil
import sys

from scripts.installing.layout import ROOT
from scripts.installing.problem import SetupProblem

FREE_GIB_NEEDED = 5.0
GIB = 1024**3


def check_python() -> None:
    """Python 3.11 with the means to make an environment."""
    if sys.version_info[:2] != (3, 11):
        raise SetupProblem(
            f"Python 3.11 is needed; this is {platform.python_version()}. "
            "Debian: apt install python3.11-venv, or set PYTHON=/path/to/python3.11"
        )
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise SetupProblem(
                f"This Python ({sys.executable}) cannot make environments: its module {module} is missing. "
                "Debian: apt install python3.11-venv, or set PYTHON=/path/to/another/python3.11"
            )


def check_system() -> None:
    """The embedded Redis and the process handling are written for Linux and macOS."""
    if sys.platform not in {"linux", "darwin"}:
        raise SetupProblem("Linux or macOS is needed; on Windows use WSL 2.")


def check_disk() -> None:
    """Room for the environment; asked only before installing it."""
    free = shutil.disk_usage(ROOT).free / GIB
    if free < FREE_GIB_NEEDED:
        raise SetupProblem(
            f"{FREE_GIB_NEEDED:.0f} GB of free disk are needed to install the packages; "
            f"{ROOT} has {free:.1f}. Free some, or move the checkout to a larger disk."
        )
