"""A message of a guided conversation: told to Rasa's dialogue, and what comes back made into an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from conversations.conversation import Context
from conversations.errands import Errand, ErrandKind
from conversations.errors import Transient
from conversations.facts import Fact
from conversations.guidance import Ending, Guidance, Told
from conversations.guided import Guided
from conversations.outcomes import HandOverReason, Say
from conversations.replies import Choice, MenuReply, ReplyKind, TextReply
from handlers.guided.conversing import tell, tracker_id
from tests.unit.handlers.turns import NOW, WANG, make_turn

COLLECTED = {"order_no": "HY20261101001"}
ASKED = Guidance(says=("退哪一件？",), choices=("大米", "抽纸"), asked="product", collected=COLLECTED)
RETURN = Errand(kind=ErrandKind.RETURN, order_no="HY20261101001", details={"product": "抽纸"})
DONE = Guidance(says=("提交好了",), errands=(RETURN,), ending=Ending.DONE)
UNDER_WAY = Guided(form="return_form", tracker="t1", touched_at=NOW, asked="product")


@dataclass(slots=True)
class Dialogue:
    """Answers with what it is given, and keeps what it was told."""

    pieces: Sequence[Guidance]
    told: list[tuple[str, str, str, Told]] = field(default_factory=list)

    async def begin(self, tracker: str, intent: str, text: str, *, told: Told) -> Sequence[Guidance]:
        self.told.append((tracker, intent, text, told))
        return self.pieces

    async def tell(self, tracker: str, text: str, *, told: Told) -> Sequence[Guidance]:
        return await self.begin(tracker, "", text, told=told)


async def test_it_begins_in_a_tracker_of_its_own() -> None:
    dialogue = Dialogue([ASKED])
    outcome = await tell(make_turn("我要退货"), dialogue, intent="return_goods")
    who = WANG.conversation_id
    tracker = tracker_id(who, "k1", "return_goods")
    assert dialogue.told == [(tracker, "return_goods", "我要退货", Told(who=who, key="k1"))]
    choices = (Choice(id="大米", label="大米"), Choice(id="抽纸", label="抽纸"))
    assert outcome.says == (Say(reply=MenuReply(head="退哪一件？", choices=choices), kind=ReplyKind.CHAT),)
    assert outcome.context is not None
    assert outcome.context.guided == Guided(
        form="return_form",
        tracker=tracker,
        touched_at=NOW,
        asked="product",
        prompt="退哪一件？",
        choices=("大米", "抽纸"),
        collected=COLLECTED,
    )
    assert outcome.facts == (Fact(name="guided.moved", details={"form": "return_form", "asked": "product"}),)
    assert outcome.errands == ()


def test_trackers_need_no_quoting_and_are_never_shared() -> None:
    names = {
        tracker_id(who, key, intent)
        for who in ("official:gh:王", "kefu:wk:a#b/c")
        for key in ("k1", "k2")
        for intent in ("return_goods", "invoice")
    }
    assert len(names) == 8
    assert all(name.isascii() and name.isalnum() for name in names)


async def test_it_goes_on_in_its_tracker_and_says_when_it_may_have_been_heard() -> None:
    dialogue = Dialogue([Guidance(says=("这件退不了",)), replace(ASKED, choices=())])
    turn = replace(make_turn("大米", context=Context(guided=UNDER_WAY, misses=1)), again=True)
    outcome = await tell(turn, dialogue, intent=None)
    assert dialogue.told == [("t1", "", "大米", Told(who=WANG.conversation_id, key="k1", again=True))]
    assert outcome.says == (Say(reply=TextReply(text="这件退不了\n\n退哪一件？"), kind=ReplyKind.CHAT),)
    assert outcome.context is not None
    assert outcome.context.misses == 0
    assert outcome.context.guided is not None
    assert outcome.context.guided.prompt == "退哪一件？"


async def test_its_end_hands_in_once_and_is_forgotten() -> None:
    turn = make_turn("确认", context=Context(guided=UNDER_WAY))
    outcome = await tell(turn, Dialogue([DONE]), intent=None)
    assert outcome.errands == (RETURN,)
    assert outcome.context is not None
    assert outcome.context.guided is None
    assert outcome.facts == (Fact(name="guided.ended", details={"form": "return_form", "ending": "done"}),)


async def test_people_get_all_that_was_told() -> None:
    piece = Guidance(
        says=("这个得请同事看看",),
        collected={**COLLECTED, "problem": "少了一包"},
        hand_over=HandOverReason.AFTER_SALES,
        ending=Ending.HANDED_OVER,
    )
    context = Context(guided=replace(UNDER_WAY, form="trouble_form"))
    outcome = await tell(make_turn("确认", context=context), Dialogue([piece]), intent=None)
    assert outcome.hand_over is not None
    assert outcome.hand_over.reason is HandOverReason.AFTER_SALES
    assert "HY20261101001" in outcome.hand_over.summary
    assert "少了一包" in outcome.hand_over.summary
    assert [say.kind for say in outcome.says] == [ReplyKind.TRANSITION]


@pytest.mark.parametrize("pieces", [[], [Guidance(says=("这件退不了",))]])
async def test_an_answer_that_was_cut_off_is_none(pieces: list[Guidance]) -> None:
    """Our actions were away while Rasa went on."""
    with pytest.raises(Transient):
        await tell(make_turn("大米", context=Context(guided=UNDER_WAY)), Dialogue(pieces), intent=None)


async def test_there_must_be_one_to_go_on_with() -> None:
    with pytest.raises(ValueError, match="under way"):
        await tell(make_turn("大米"), Dialogue([ASKED]), intent=None)
