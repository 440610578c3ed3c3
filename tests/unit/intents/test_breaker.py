"""When it is worth asking again."""

from intents.rasa_service.breaker import FAILURES, REST_SECONDS, Breaker


def _failed(times: int, now: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(now)
    return breaker


def test_a_few_failures_stop_nobody() -> None:
    assert _failed(FAILURES - 1).lets_through(100.0)


def test_then_nobody_asks_for_a_while_and_then_one_does() -> None:
    breaker = _failed(FAILURES)
    assert not breaker.lets_through(100.0)
    assert not breaker.lets_through(100.0 + REST_SECONDS - 0.1)
    assert breaker.lets_through(100.0 + REST_SECONDS)
    assert not breaker.failed(200.0).lets_through(200.0)


def test_one_answer_makes_it_well() -> None:
    assert _failed(FAILURES).succeeded() == Breaker()
