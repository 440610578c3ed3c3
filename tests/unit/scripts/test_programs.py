"""Which program set-up and tests choose when several are there."""

from pathlib import Path

import pytest

from scripts.installing import programs


def make_postgres(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).touch(0o755)
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has nothing yet."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("XIAOER_CHROMIUM", raising=False)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", tmp_path / "debian")
    monkeypatch.setattr(programs, "POSTGRES_WHEEL", tmp_path / "wheel")
    monkeypatch.setattr(programs, "CHROMIUM_ON_MACOS", tmp_path / "chrome")
    (tmp_path / "bin").mkdir()
    return tmp_path


def test_nothing_is_found_on_an_empty_machine(machine: Path) -> None:
    assert programs.find_postgres() is None
    assert programs.find_chromium() is None


def test_the_newest_debian_postgres_wins(machine: Path) -> None:
    make_postgres(machine / "debian" / "9.6" / "bin")
    newest = make_postgres(machine / "debian" / "15" / "bin")
    assert programs.find_postgres() == newest


def test_a_client_without_a_server_is_not_enough(machine: Path) -> None:
    carried = make_postgres(machine / "wheel" / "some_package" / "pginstall" / "bin")
    (machine / "debian" / "16" / "bin").mkdir(parents=True)
    assert programs.find_postgres() == carried


def test_a_named_browser_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "bin" / "chromium").touch(0o755)
    assert programs.find_chromium() == machine / "bin" / "chromium"
    named = machine / "my-browser"
    monkeypatch.setenv("XIAOER_CHROMIUM", str(named))
    assert programs.find_chromium() is None
    named.touch()
    assert programs.find_chromium() == named


def make_font_lister(machine: Path, languages: str) -> None:
    """An fc-list that knows one font, for these languages."""
    lister = machine / "bin" / "fc-list"
    lister.write_text(f'#!/bin/sh\ncase "$1" in {languages}) echo font.ttf: ;; esac\n', encoding="utf-8")
    lister.chmod(0o755)


def test_fonts_for_chinese_and_for_emoji_are_told_apart(machine: Path) -> None:
    make_font_lister(machine, ":lang=zh-cn")
    assert (programs.has_chinese_fonts(), programs.has_emoji_fonts()) == (True, False)
    make_font_lister(machine, ":lang=und-zsye")
    assert (programs.has_chinese_fonts(), programs.has_emoji_fonts()) == (False, True)


def test_redis_is_found_even_where_the_machine_has_none(machine: Path) -> None:
    found = programs.find_redis()
    assert found is not None
    assert found.name == "redis-server"
