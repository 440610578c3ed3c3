"""Every change of state, documented or not, and the life of a session."""

from itertools import product

import pytest

from simulator.kefu.sessions import LIFE, Session
from simulator.kefu.states import DOCUMENTED, UNDOCUMENTED, State, api_may_change

LEGAL = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 3), (3, 4)}
REPORTED = {(0, 4), (1, 4), (2, 4)}


@pytest.mark.parametrize(("old", "new"), list(product(range(5), range(5))))
def test_the_whole_table(old: int, new: int) -> None:
    pair = (old, new)
    assert api_may_change(State(old), State(new), undocumented=False) is (pair in LEGAL)
    assert api_may_change(State(old), State(new)) is (pair in LEGAL | REPORTED)


def test_the_tables_do_not_overlap() -> None:
    assert set(DOCUMENTED) == set(State)
    assert all(not (DOCUMENTED[state] & UNDOCUMENTED.get(state, frozenset())) for state in State)


def session() -> Session:
    """A session that a customer has begun at second 1000."""
    begun = Session(open_kfid="wk1", external_userid="wm1")
    assert begun.hear(1000.0, 5)
    return begun


@pytest.mark.parametrize("state", [State.NEW, State.BOT, State.POOL, State.HUMAN])
def test_a_word_renews_the_budget_and_keeps_the_state(state: State) -> None:
    one = session()
    one.change(state, "zhangsan", now=1000.0)
    one.left = 0
    assert one.hear(1001.0, 5) is False
    assert (one.state, one.left) == (state, 5)


def test_a_word_into_an_ended_session_begins_a_new_one() -> None:
    one = session()
    one.change(State.OVER, now=1000.0)
    assert one.hear(1001.0, 5) is True
    assert (one.state, one.servicer) == (State.NEW, None)


@pytest.mark.parametrize("state", [State.NEW, State.BOT, State.POOL, State.HUMAN])
def test_a_session_lapses_48_hours_after_the_customers_last_word(state: State) -> None:
    one = session()
    one.change(state, now=1000.0)
    one.settle(1000.0 + LIFE - 0.001)
    assert (one.state, one.lapsed) == (state, False)
    one.settle(1000.0 + LIFE)
    assert (one.state, one.lapsed) == (State.OVER, True)
    one.hear(1000.0 + LIFE, 5)
    assert (one.state, one.lapsed) == (State.NEW, False)


def test_a_session_taken_up_again_lapses_48_hours_later() -> None:
    one = session()
    later = 1000.0 + 3 * LIFE
    one.settle(later)
    one.change(State.HUMAN, "zhangsan", now=later)
    one.settle(later + LIFE - 1)
    assert (one.state, one.lapsed) == (State.HUMAN, False)
    one.settle(later + LIFE)
    assert (one.state, one.lapsed) == (State.OVER, True)


def test_what_was_ended_has_not_lapsed() -> None:
    one = session()
    one.change(State.OVER, now=1000.0)
    one.settle(1000.0 + 2 * LIFE)
    assert one.lapsed is False


def test_codes_come_with_the_first_change_to_pool_and_to_a_person_and_with_every_end() -> None:
    one = session()
    steps = [State.BOT, State.POOL, State.HUMAN, State.HUMAN, State.OVER]
    assert [one.change(state, "a", now=1000.0) for state in steps] == [False, True, True, False, True]
    one.hear(1001.0, 5)
    assert one.change(State.HUMAN, "a", now=1000.0) is True


def test_only_a_served_session_names_a_person() -> None:
    one = session()
    one.change(State.HUMAN, "zhangsan", now=1000.0)
    assert one.servicer == "zhangsan"
    one.change(State.OVER, "zhangsan", now=1000.0)
    assert one.servicer is None


def test_windows_are_open_at_their_end() -> None:
    one = session()
    assert one.wrote_within(10.0, 1009.9)
    assert not one.wrote_within(10.0, 1010.0)
    assert not one.was_welcomed_within(10.0, 1000.0)
    one.welcomed_at = 1000.0
    assert one.was_welcomed_within(10.0, 1009.9)
