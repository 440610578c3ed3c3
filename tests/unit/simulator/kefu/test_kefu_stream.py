"""Cursors, pages, retention and the tokens of bells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.corp.errcodes import CorpError
from simulator.kefu.stream import MAX_CURSOR, RETENTION, BellTokens, Stream


def stream(count: int) -> Stream:
    """A stream with items 0, 1, 2 … put in at those seconds."""
    filled = Stream("wk1")
    for number in range(count):
        filled.append({"n": number}, float(number))
    return filled


def refused(errcode: int) -> pytest.RaisesExc[CorpError]:
    """Expect an errcode."""
    return pytest.raises(CorpError, match=str(errcode))


@given(count=st.integers(0, 40), limit=st.integers(1, 15))
def test_pages_give_everything_once_and_in_order(count: int, limit: int) -> None:
    source = stream(count)
    position, read = None, []
    for _ in range(count + 1):
        page = source.page(position, limit, 50.0)
        read += [item["n"] for item in page.items]
        position = source.position(source.cursor(page.position))
        assert len(page.items) <= limit
        if not page.has_more:
            break
    assert read == list(range(count))


@given(position=st.integers(0, 2**40))
def test_cursors_are_opaque_short_and_exact(position: int) -> None:
    source = Stream("wk1")
    source.__dict__.update(_first=2**40)
    cursor = source.cursor(position)
    assert len(cursor.encode()) <= MAX_CURSOR
    assert source.position(cursor) == position
    assert str(position) not in cursor or position < 10


def test_two_cursors_of_one_position_differ() -> None:
    source = stream(3)
    assert len({source.cursor(2) for _ in range(50)}) == 50


@pytest.mark.parametrize("cursor", ["x", "4gw", "4gw!!!", "4gw" + "A" * 62, "4gwAAAA", "4gw" + "A" * 22])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with refused(40058):
        stream(3).position(cursor)


def test_a_cursor_of_another_account_or_beyond_the_end_is_refused() -> None:
    other = Stream("wk2")
    other.append({}, 0.0)
    with refused(40058):
        stream(3).position(other.cursor(1))
    with refused(40058):
        stream(3).position(stream(4).cursor(4))


def test_no_cursor_means_the_earliest_that_is_kept() -> None:
    source = stream(10)
    assert source.position("") is None
    page = source.page(None, 100, 4.0 + RETENTION)
    assert [item["n"] for item in page.items] == [4, 5, 6, 7, 8, 9]
    old = source.page(1, 2, 4.0 + RETENTION)
    assert [item["n"] for item in old.items] == [4, 5]
    assert (old.position, old.has_more) == (6, True)


def test_numbers_never_come_again() -> None:
    source = stream(3)
    source.page(None, 10, 100 + RETENTION)
    assert source.append({"n": "new"}, 100 + RETENTION) == 3
    assert len(source) == 4


def test_a_token_is_good_for_its_account_until_its_end() -> None:
    tokens = BellTokens()
    token = tokens.give("wk1", 600.0, 0.0)
    assert len(token) <= 128
    tokens.check(token, "wk1", 599.9)
    for account, now in (("wk2", 1.0), ("wk1", 600.0)):
        with refused(95007):
            tokens.check(token, account, now)
    with refused(40058):
        tokens.check("x" * 129, "wk1", 0.0)
