"""Asking which wish is meant."""

from dataclasses import replace
from datetime import UTC, datetime

from conversations.conversation import Context
from conversations.replies import MenuReply
from handlers.clarifying import GO_ON, LABELS, ask_which, ask_which_first
from handlers.turn import Turn
from intents.kinds import FORMS, SERVED
from knowledge_base.decision import Ask, Candidate, Rule, Verdict
from knowledge_base.entry import EntryId
from tests.unit.handlers.turns import make_turn

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
BUSY = Context(offered=("x",), misses=2, awaiting="order_status")


def _candidate(name: str) -> Candidate:
    return Candidate(entry_id=EntryId(name), question=f"{name}？", answer="…", score=0.9, probability=0.5)


def _asked_back(turn: Turn) -> Turn:
    decision = Ask(candidates=(_candidate("a"), _candidate("b"), _candidate("c")))
    return replace(turn, verdict=Verdict(decision=decision, rule=Rule.UNSURE, probability=0.5, ranked=()))


def test_intents_come_first_and_three_are_shown_in_all() -> None:
    outcome = ask_which(_asked_back(make_turn("退货", context=BUSY)), ("return_goods", "exchange_goods"))
    assert outcome.context == Context(offered=("intent:return_goods", "intent:exchange_goods", "a"), misses=2)
    menu = outcome.says[0].reply
    assert isinstance(menu, MenuReply)
    assert [choice.label for choice in menu.choices] == ["帮我办退货", "帮我办换货", "a？"]
    assert [choice.id for choice in menu.choices] == list(outcome.context.offered)


def test_without_questions_of_the_knowledge_base_only_intents_are_shown() -> None:
    outcome = ask_which(make_turn("退货"), ("return_goods",))
    assert outcome.context is not None
    assert outcome.context.offered == ("intent:return_goods",)


def test_another_wish_or_the_one_under_way() -> None:
    outcome = ask_which_first(make_turn("开发票"), "invoice", "退货")
    assert outcome.context is not None
    assert outcome.context.offered == ("intent:invoice", GO_ON)
    menu = outcome.says[0].reply
    assert isinstance(menu, MenuReply)
    assert [choice.label for choice in menu.choices] == ["帮我开发票", "接着办退货"]


def test_whatever_is_done_here_can_be_offered() -> None:
    assert set(LABELS) == set(FORMS) | SERVED
