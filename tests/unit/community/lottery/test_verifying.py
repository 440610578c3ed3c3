"""A published draw is right as it is, and wrong in every other way; two implementations say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from community.lottery.announcement import Announcement, Beacon
from community.lottery.drawing import announcement_hash, canonical, sha256_hex, tickets_hash
from community.lottery.publication import publish
from community.lottery.verifying import verify
from scripts.verify_lottery import faults
from tests.unit.community.lottery.lotteries import SEED, announcement, tickets

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "lottery.json"


def other_opinion(file: bytes, published: str = "") -> list[str]:
    """The second implementation's; a file that it cannot read at all is wrong, too."""
    try:
        return list(faults(file, json.loads(file), published))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ["unreadable"]


def published(number: int = 9, *unclaimed: int) -> bytes:
    first = publish(announcement(), tickets(number), SEED)
    names = [first.result.winners[place].ticket for place in unclaimed]
    return publish(announcement(), tickets(number), SEED, unclaimed=names).to_bytes()


def changed(change: Callable[[Any], object]) -> bytes:
    """Somebody edits the file, and makes its digest fit."""
    content = json.loads(published(9, 0, 1))
    del content["digest"]
    change(content)
    return canonical({**content, "digest": sha256_hex(canonical(content))}) + b"\n"


def test_what_was_published_is_right() -> None:
    file = published(9, 1, 0)
    verdict = verify(file, announced=announcement_hash(announcement()), frozen=tickets_hash(tickets(9)))
    assert verdict.is_right, verdict.problems
    assert (verdict.tickets, verdict.winners) == (9, 3)
    assert other_opinion(file, announcement_hash(announcement())) == []


def test_the_example_in_the_documentation_is_right() -> None:
    file = EXAMPLE.read_bytes()
    assert (verify(file).problems, other_opinion(file)) == ((), [])


def test_any_changed_byte_is_found() -> None:
    file = published(5, 1)
    for place, byte in enumerate(file):
        for other in {byte ^ 1, 0x20, 0x30} - {byte}:
            spoiled = file[:place] + bytes([other]) + file[place + 1 :]
            assert not verify(spoiled).is_right, (place, spoiled)
            assert other_opinion(spoiled) != [], (place, spoiled)
    for spoiled in (file[:-1], file + b"\n", b" " + file, b"", b"[]", b"\xff"):
        assert not verify(spoiled).is_right
        assert other_opinion(spoiled) != []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda each: each["result"]["winners"].reverse(), "winners: another draw"),
        (lambda each: each["result"]["winners"].pop(), "winners: another draw"),
        (lambda each: each["result"]["substitutes"].reverse(), "substitutes: "),
        (lambda each: each["result"]["substitutes"].pop(0), "substitutes: "),
        (lambda each: each["revealed"].update(seed="00" * 32), "seed: "),
        (lambda each: each["revealed"].update(beacon="ab"), "beacon: "),
        (lambda each: each["frozen"]["tickets"].pop(), "tickets: the list"),
        (lambda each: each["frozen"]["tickets"].append("A12-000001"), "one is there twice"),
        (lambda each: each["announcement"]["prizes"][0].update(number=2), "winners: another draw"),
        (lambda each: each["announcement"].update(title="别的"), "winners: another draw"),
        (lambda each: each["announcement"].update(more=1), "announcement.more"),
        (lambda each: each.pop("revealed"), "revealed: "),
    ],
)
def test_who_edits_the_file_is_found_out(change: Callable[[Any], object], problem: str) -> None:
    file = changed(change)
    assert problem in "\n".join(verify(file).problems)
    assert other_opinion(file) != []


def test_another_draw_altogether_is_found_by_the_hashes_that_were_published_before() -> None:
    other = publish(announcement(seed=b"x" * 32), tickets(8), b"x" * 32).to_bytes()
    assert verify(other).is_right
    verdict = verify(other, announced=announcement_hash(announcement()), frozen=tickets_hash(tickets(9)))
    assert [problem.partition(":")[0] for problem in verdict.problems] == ["announcement", "tickets"]
    assert other_opinion(other, announcement_hash(announcement())) == ["something else was announced"]


@given(
    taking_part=st.lists(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,9}", fullmatch=True), unique=True, max_size=30
    ),
    numbers=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    seed=st.binary(min_size=32, max_size=32),
    beacon=st.binary(max_size=16),
    lost=st.integers(0, 3),
)
def test_both_implementations_agree(
    taking_part: list[str], numbers: list[int], seed: bytes, beacon: bytes, lost: int
) -> None:
    source = Beacon(source="drand quicknet", round=7) if beacon else None
    prizes = [(f"p{place}", number) for place, number in enumerate(numbers)]
    told = announcement(*prizes, seed=seed, beacon=source)
    won = publish(told, taking_part, seed, beacon=beacon.hex()).result.winners
    unclaimed = [each.ticket for each in won[:lost]]
    file = publish(told, taking_part, seed, beacon=beacon.hex(), unclaimed=unclaimed).to_bytes()
    assert (verify(file).problems, other_opinion(file)) == ((), [])


def test_nothing_is_drawn_from_another_seed_or_without_the_beacon() -> None:
    with pytest.raises(ValueError, match=r"^seed: "):
        publish(announcement(), tickets(3), b"x" * 32)
    with pytest.raises(ValueError, match=r"^beacon: "):
        publish(announcement(), tickets(3), SEED, beacon="ab")
    with pytest.raises(ValueError, match=r"^beacon: "):
        publish(announcement(beacon=Beacon(source="drand", round=1)), tickets(3), SEED)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("lottery", "has space", "lottery"),
        ("title", "", "title"),
        ("opens_at", "tomorrow", "is no time"),
        ("closes_at", "2026-11-24T20:00:00", "offset"),
        ("closes_at", "2026-11-20T10:00:00+08:00", "follow one another"),
        ("claim_until", "2026-11-24T20:00:00+08:00", "follow one another"),
        ("seed_hash", "AB", "seed_hash"),
        ("prizes", [], "prizes"),
        ("contact", "  ", "contact"),
    ],
)
def test_what_cannot_be_announced_is_said(field: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Announcement.model_validate({**announcement().model_dump(), field: value})


def test_two_prizes_of_one_id_are_refused() -> None:
    with pytest.raises(ValidationError, match="same id"):
        announcement(("a", 1), ("a", 2))
