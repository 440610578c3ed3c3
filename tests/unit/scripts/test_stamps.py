"""Stamps change with everything that a step was made from, and only then."""

from pathlib import Path

import pytest

from scripts.installing import stamps


@pytest.fixture(autouse=True)
def _stamps_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")


def test_fingerprints_follow_contents_names_and_facts(tmp_path: Path) -> None:
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text("same")
    other.write_text("same")
    before = stamps.fingerprint([one], "3.11.7")
    assert stamps.fingerprint([one], "3.11.7") == before
    assert stamps.fingerprint([other], "3.11.7") != before
    assert stamps.fingerprint([one], "3.11.8") != before
    one.write_text("changed")
    assert stamps.fingerprint([one], "3.11.7") != before


def test_a_step_is_fresh_until_its_recipe_changes_or_it_is_begun_again() -> None:
    assert not stamps.is_fresh("python", "x")
    stamps.remember("python", "x")
    assert stamps.is_fresh("python", "x")
    assert not stamps.is_fresh("python", "y")
    stamps.forget("python")
    assert not stamps.is_fresh("python", "x")
