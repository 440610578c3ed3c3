"""What becomes of an attempt: a table of numbers."""

from __future__ import annotations

import pytest

from bot.errands import wording
from bot.errands.judging import TELL_AT_ATTEMPT, claimed_too_often, judge
from bot.errands.values import ClaimedErrand, ErrandState
from bot.retry import MAX_ERRAND_ATTEMPTS, backoff_seconds
from conversations.address import ConversationId
from conversations.errands import Errand, ErrandKind
from conversations.errors import Permanent, Transient
from mall.port import Receipt

WANG = ConversationId("official:gh_shop:wang")
RETURN = Errand(
    kind=ErrandKind.RETURN, order_no="HY20261101001", details={"product": "浴巾", "reason": "不喜欢"}
)


def no_jitter() -> float:
    return 0.0


def claimed(attempts: int = 1, *, replays: int = 0) -> ClaimedErrand:
    return ClaimedErrand(
        row_id=1,
        key="k:errand:0",
        conversation_id=WANG,
        customer_ref=WANG,
        errand=RETURN,
        attempts=attempts,
        replays=replays,
        lease="t",
    )


def test_what_is_accepted_is_told_in_the_malls_words() -> None:
    receipt = Receipt(accepted=True, text="退货单号 TH1", reference="TH1")
    verdict = judge(claimed(), receipt, no_jitter)
    assert (verdict.state, verdict.tells, verdict.receipt) == (ErrandState.DONE, "退货单号 TH1", receipt)


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("超过 7 天了", f"超过 7 天了\n{wording.WHAT_ELSE}"),
        ("超过 7 天了，回复“转人工”请同事看看", "超过 7 天了，回复“转人工”请同事看看"),
    ],
)
def test_what_is_declined_is_told_with_a_way_on(text: str, tells: str) -> None:
    verdict = judge(claimed(), Receipt(accepted=False, text=text), no_jitter)
    assert (verdict.state, verdict.tells) == (ErrandState.DECLINED, tells)


@pytest.mark.parametrize(
    ("attempts", "retry_after", "due_in_ms"),
    [(1, None, 1_000), (3, None, 4_000), (20, None, 300_000), (1, 60.0, 60_000)],
)
def test_a_mall_that_is_away_is_asked_again_later(
    attempts: int, retry_after: float | None, due_in_ms: int
) -> None:
    verdict = judge(claimed(attempts), Transient("away", retry_after=retry_after), no_jitter)
    assert (verdict.state, verdict.due_in_ms) == (ErrandState.PENDING, due_in_ms)
    assert verdict.tells is None
    assert verdict.error == "Transient: away"


def test_jitter_shortens_the_pause() -> None:
    assert judge(claimed(3), Transient(), lambda: 0.9).due_in_ms == 2_200


def test_the_customer_hears_once_that_it_takes_longer() -> None:
    told = [n for n in range(1, MAX_ERRAND_ATTEMPTS) if judge(claimed(n), Transient(), no_jitter).tells]
    assert told == [TELL_AT_ATTEMPT]
    assert judge(claimed(TELL_AT_ATTEMPT, replays=1), Transient(), no_jitter).tells is None


def test_it_is_given_up_after_hours() -> None:
    verdict = judge(claimed(MAX_ERRAND_ATTEMPTS), Transient("away"), no_jitter)
    assert verdict.state is ErrandState.DEAD
    assert verdict.tells is not None
    assert "退货" in verdict.tells
    for word in ("退货", "HY20261101001", "浴巾", "不喜欢", wording.AWAY):
        assert word in verdict.summary
    pauses = [backoff_seconds(n, lambda: 1.0) for n in range(1, MAX_ERRAND_ATTEMPTS)]
    assert sum(pauses) > 3_600


def test_a_refusal_for_good_is_given_up_at_once() -> None:
    verdict = judge(claimed(), Permanent("no mall is connected"), no_jitter)
    assert verdict.state is ErrandState.DEAD
    assert wording.REFUSED in verdict.summary
    assert verdict.error == "Permanent: no mall is connected"


def test_what_kills_its_worker_each_time_is_not_tried_for_ever() -> None:
    assert claimed_too_often(claimed(MAX_ERRAND_ATTEMPTS)) is None
    answer = claimed_too_often(claimed(MAX_ERRAND_ATTEMPTS + 1))
    assert answer is not None
    assert judge(claimed(MAX_ERRAND_ATTEMPTS + 1), answer, no_jitter).state is ErrandState.DEAD


@pytest.mark.parametrize("kind", list(ErrandKind))
def test_every_kind_has_its_words(kind: ErrandKind) -> None:
    errand = Errand(kind=kind, details={"unknown": "x"})
    assert wording.TITLES[kind] in wording.still_trying(errand)
    assert wording.TITLES[kind] in wording.not_done(errand)
    assert "unknown：x" in wording.summary(errand, wording.AWAY)
    assert wording.shown(errand) == wording.TITLES[kind]
