"""What an answer means for the delivery: sent, worth another try, unknown, or refused."""

import pytest

from channels.calls import Answered
from channels.meaning import outcome
from channels.official.errcodes import ERRCODES
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed


def answered(code: int | None) -> Answered:
    return Answered(code=code, message="said", body={})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, Sent),
        (-1, OutcomeUnknown),
        (None, OutcomeUnknown),
        (45009, NotSent),
        (45011, NotSent),
        (40164, NotSent),
        (45015, WindowClosed),
        (45047, WindowClosed),
        (40003, Refused),
        (43004, Refused),
        (48001, Refused),
        (48002, Refused),
        (12345, Refused),
    ],
)
def test_what_answers_to_custom_send_mean(code: int | None, expected: type[SendOutcome]) -> None:
    assert type(outcome(answered(code), ERRCODES, repeatable=False)) is expected


def test_waits_are_passed_on_and_busy_may_be_repeated_where_that_does_no_harm() -> None:
    frequent = outcome(answered(45011), ERRCODES, repeatable=False)
    assert isinstance(frequent, NotSent)
    assert frequent.retry_after == 60
    assert isinstance(outcome(answered(-1), ERRCODES, repeatable=True), NotSent)


@pytest.mark.parametrize("failure", [NotSent(reason="cannot connect"), OutcomeUnknown(reason="no answer")])
def test_failures_of_the_connection_are_passed_on(failure: NotSent | OutcomeUnknown) -> None:
    assert outcome(failure, ERRCODES, repeatable=False) is failure
