"""The Chromium that browser tests drive."""

from pathlib import Path

import pytest

from scripts.installing import programs

#: For Playwright's `launch(args=…)`: what a container needs, and nothing that talks to the outside.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser's program file; fails with the cure when the browser or Chinese fonts are missing."""
    found = programs.find_chromium()
    if found is None:
        pytest.fail(f"Chromium is missing. {programs.CHROMIUM_CURE}", pytrace=False)
    if not programs.has_chinese_fonts():
        pytest.fail(f"A font with Chinese characters is missing. {programs.FONTS_CURE}", pytrace=False)
    return found
