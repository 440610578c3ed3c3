"""Whatever is done to the log shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.audit.chain import BEGINNING, Act, Entry, Verdict, canonical, next_entry, verify


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(length):
        act = Act(actor="lan", act="person.changed", subject=f"account:{number}", details={"n": number})
        entries.append(next_entry(act, before=entries[-1] if entries else None, at_ms=1_000 + number))
    return entries


def test_a_chain_holds() -> None:
    entries = chain(5)
    assert verify(entries) == Verdict(entries=5, last_hash=entries[-1].hash)
    assert entries[0].prev_hash == BEGINNING
    assert verify([]) == Verdict(entries=0)


def test_it_can_be_read_in_parts() -> None:
    entries = chain(5)
    assert verify(entries[2:], begin=verify(entries[:2])) == verify(entries)


@pytest.mark.parametrize(
    "change",
    [
        {"at_ms": 7},
        {"actor": "mei"},
        {"act": "person.added"},
        {"subject": "account:9"},
        {"details": '{"n":3}'},
        {"address": "10.0.0.1"},
        {"hash": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_field_shows(change: dict[str, object]) -> None:
    entries = chain(5)
    entries[2] = replace(entries[2], **change)  # type: ignore[arg-type]
    verdict = verify(entries)
    assert verdict.entries == 2
    assert "entry 3 was changed" in verdict.problem


def test_an_entry_changed_with_its_hash_shows_in_the_next() -> None:
    entries = chain(5)
    act = Act(actor="mei", act="person.added")
    entries[2] = next_entry(act, before=entries[1], at_ms=1_002)
    verdict = verify(entries)
    assert verdict.entries == 3
    assert "entry 4 does not follow" in verdict.problem


def test_a_removed_entry_shows() -> None:
    entries = chain(5)
    del entries[2]
    assert verify(entries).problem == "entry 3 is missing"


def test_exchanged_entries_show() -> None:
    entries = chain(5)
    entries[1], entries[2] = entries[2], entries[1]
    assert verify(entries).problem == "entry 2 is missing"


def test_a_cut_off_end_shows_by_its_hash_alone() -> None:
    entries = chain(5)
    assert verify(entries[:4]).problem == ""
    assert verify(entries[:4]).last_hash != entries[4].hash


def test_one_thing_has_one_form() -> None:
    assert canonical({"b": 1, "a": "店"}) == canonical({"a": "店", "b": 1}) == '{"a":"店","b":1}'
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})
