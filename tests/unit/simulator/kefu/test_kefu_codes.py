"""Codes: how long, how often, for what."""

import pytest

from simulator.corp.errcodes import CorpError
from simulator.kefu.codes import OCCASION_OF, TERMS, Codes, Occasion
from simulator.kefu.states import State

DAY2 = 48 * 3600.0


@pytest.mark.parametrize(
    ("occasion", "life", "types", "state"),
    [
        (Occasion.WELCOME, 20.0, {"text", "msgmenu"}, None),
        (Occasion.POOL, DAY2, {"text"}, State.POOL),
        (Occasion.SERVED, DAY2, {"text"}, State.HUMAN),
        (Occasion.ENDED, 20.0, {"text", "msgmenu"}, State.OVER),
    ],
)
def test_terms(occasion: Occasion, life: float, types: set[str], state: State | None) -> None:
    terms = TERMS[occasion]
    assert (terms.life, set(terms.types), terms.state) == (life, types, state)
    codes = Codes()
    code = codes.give(occasion, "wk1", "wm1", 100.0)
    assert codes.look(code, 100.0 + life - 0.001).external_userid == "wm1"
    with pytest.raises(CorpError, match="41050"):
        codes.look(code, 100.0 + life)


def test_each_state_that_gives_a_code_has_an_occasion() -> None:
    assert set(OCCASION_OF) == {State.POOL, State.HUMAN, State.OVER}
    assert all(TERMS[occasion].state is state for state, occasion in OCCASION_OF.items())


def test_a_code_is_good_once() -> None:
    codes = Codes()
    code = codes.give(Occasion.POOL, "wk1", "wm1", 0.0)
    codes.look(code, 1.0).used = True
    with pytest.raises(CorpError, match="41051"):
        codes.look(code, 2.0)


def test_unknown_codes_are_refused_and_codes_are_not_repeated() -> None:
    codes = Codes()
    with pytest.raises(CorpError, match="41050"):
        codes.look("made-up", 0.0)
    assert len({codes.give(Occasion.POOL, "wk1", "wm1", 0.0) for _ in range(100)}) == 100
