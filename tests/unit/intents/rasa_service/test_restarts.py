"""When Rasa is started again."""

from __future__ import annotations

from intents.rasa_service.restarts import SETTLED_SECONDS, STARTS, Restarts


def test_the_first_start_does_not_wait() -> None:
    assert Restarts().pause_seconds == 0
    assert not Restarts().is_hopeless


def test_pauses_grow_and_are_bounded() -> None:
    restarts, pauses = Restarts(), []
    for _ in range(1000):
        restarts = restarts.after(ready_seconds=1.0)
        pauses.append(restarts.pause_seconds)
    assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(pauses[6:]) == {60}
    assert not restarts.is_hopeless  # it does get ready each time


def test_starts_in_vain_come_to_an_end() -> None:
    restarts = Restarts()
    for _ in range(STARTS - 1):
        restarts = restarts.after(None)
        assert not restarts.is_hopeless
    assert restarts.after(None).is_hopeless


def test_one_good_start_forgives_those_before_it() -> None:
    restarts = Restarts(ended=STARTS - 1, in_vain=STARTS - 1).after(ready_seconds=2.0).after(None)
    assert not restarts.is_hopeless


def test_who_ran_for_long_starts_again_soon() -> None:
    assert Restarts(ended=9).after(SETTLED_SECONDS).pause_seconds == 1
    assert Restarts(ended=9).after(SETTLED_SECONDS - 1).pause_seconds == 60
