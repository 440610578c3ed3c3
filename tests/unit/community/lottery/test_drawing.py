"""The draw: what it is made of, that every ticket has the same chance, and who follows whom."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.lottery.drawing import (
    Substitute,
    Win,
    announcement_hash,
    canonical,
    draw_key,
    new_seed,
    order,
    substitutes,
    tickets_hash,
    wins,
)
from tests.unit.community.lottery.lotteries import SEED, announcement, tickets


def test_the_key_is_reckoned_as_documented() -> None:
    told, taking_part = announcement(), tickets(3)
    stored = json.dumps(told.model_dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    told_hash = hashlib.sha256(stored.encode()).hexdigest()
    list_hash = hashlib.sha256(b"A12-000001\nA12-000002\nA12-000003").hexdigest()
    assert (announcement_hash(told), tickets_hash(taking_part)) == (told_hash, list_hash)
    lines = f"xiaoer-lottery/1\n{told_hash}\n{list_hash}\n{SEED.hex()}\nabcd"
    assert draw_key(told, taking_part, SEED, "abcd") == hashlib.sha256(lines.encode()).digest()


def test_canonical_json_is_one_line_of_utf8_in_order() -> None:
    assert canonical({"b": [1, None], "a": "奖"}) == '{"a":"奖","b":[1,null]}'.encode()


def test_the_order_is_by_the_hash_of_key_and_ticket() -> None:
    key = b"k" * 32
    by_hand = sorted(tickets(50), key=lambda each: hashlib.sha256(key + each.encode()).hexdigest())
    assert order(key, tickets(50)) == by_hand
    assert order(key, reversed(tickets(50))) == by_hand, "whatever the order of the list"


def test_every_ticket_has_the_same_chance_of_every_place() -> None:
    """6,000 draws among 6: chi-square with 5 degrees of freedom exceeds 20.5 once in 1,000 at each place."""
    counts = [Counter[str]() for _ in range(6)]
    for number in range(6_000):
        for place, ticket in enumerate(order(number.to_bytes(32, "big"), tickets(6))):
            counts[place][ticket] += 1
    for count in counts:
        assert sum((count[ticket] - 1_000) ** 2 / 1_000 for ticket in tickets(6)) < 20.5


@given(number=st.integers(0, 12))
def test_prizes_go_in_order_and_no_ticket_wins_twice(number: int) -> None:
    won = wins(announcement(), tickets(number))
    assert [each.prize for each in won] == ["first", "second", "second"][:number]
    assert [each.ticket for each in won] == tickets(number)[:3]


def test_the_next_follow_those_who_did_not_claim() -> None:
    ordered = tickets(6)
    won = wins(announcement(), ordered)
    first, second, third, fourth, fifth, sixth = ordered
    assert substitutes(ordered, won, []) == []
    assert substitutes(ordered, won, [second, first, fourth]) == [
        Substitute(fourth, "second", second),
        Substitute(fifth, "first", first),
        Substitute(sixth, "second", fourth),
    ]
    assert [each.ticket for each in substitutes(ordered, won, [first, second, third, fourth])] == [
        fourth,
        fifth,
        sixth,
    ], "then nobody is left"
    for wrong in ([sixth], [first, first], ["nobody"]):
        with pytest.raises(ValueError, match="has no prize"):
            substitutes(ordered, won, wrong)


def test_seeds_are_long_and_never_the_same() -> None:
    seeds = {new_seed() for _ in range(100)}
    assert {len(each) for each in seeds} == {32}
    assert len(seeds) == 100


def test_a_win_is_a_value() -> None:
    assert Win("a", "first") == Win("a", "first") != Win("b", "first")
