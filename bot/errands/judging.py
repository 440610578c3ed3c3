"""What becomes of one attempt to carry an errand out: pure."""

from __future__ import annotations

from bot.errands import wording
from bot.errands.values import ClaimedErrand, ErrandState, Verdict
from bot.retry import MAX_ERRAND_ATTEMPTS, Jitter, backoff_seconds
from conversations.errands import OF_PEOPLE
from conversations.errors import Permanent, Transient
from mall.port import Receipt

TELL_AT_ATTEMPT = 9
"""When the customer hears that it takes longer: after two to four minutes of failures."""


def judge(claimed: ClaimedErrand, answer: Receipt | Transient | Permanent, jitter: Jitter) -> Verdict:
    """``answer``: what the mall said, or why it said nothing."""
    asked_by_people = claimed.errand.kind in OF_PEOPLE
    match answer:
        case Receipt(accepted=True, text=text):
            return Verdict(state=ErrandState.DONE, tells=text, receipt=answer)
        case Receipt(text=text):
            tells = None if asked_by_people else wording.declined(text)
            return Verdict(state=ErrandState.DECLINED, tells=tells, receipt=answer)
        case Permanent():
            return _dead(claimed, answer, wording.REFUSED)
        case Transient(retry_after=retry_after):
            if claimed.attempts >= MAX_ERRAND_ATTEMPTS:
                return _dead(claimed, answer, wording.AWAY)
            seconds = backoff_seconds(claimed.attempts, jitter, retry_after=retry_after)
            late = claimed.attempts == TELL_AT_ATTEMPT and claimed.replays == 0 and not asked_by_people
            return Verdict(
                state=ErrandState.PENDING,
                tells=wording.still_trying(claimed.errand) if late else None,
                due_in_ms=int(seconds * 1000),
                error=_reason(answer),
            )


def claimed_too_often(claimed: ClaimedErrand) -> Transient | None:
    """Why it is not tried once more: its process died each time. None: it may be tried."""
    if claimed.attempts <= MAX_ERRAND_ATTEMPTS:
        return None
    return Transient(f"claimed {claimed.attempts} times without an end")


def _dead(claimed: ClaimedErrand, error: Exception, why: str) -> Verdict:
    if claimed.errand.kind in OF_PEOPLE:
        return Verdict(state=ErrandState.DEAD, error=_reason(error))
    return Verdict(
        state=ErrandState.DEAD,
        tells=wording.not_done(claimed.errand),
        error=_reason(error),
        summary=wording.summary(claimed.errand, why),
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
