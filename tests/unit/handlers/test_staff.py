"""Members of the shop: who waits, taking and closing, cards, looking answers up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.address import Address, Channel
from conversations.conversation import Context
from conversations.inbound import (
    CardClicked,
    Content,
    EnteredSession,
    Followed,
    Image,
    MenuClicked,
    Notification,
    Trigger,
    Unfollowed,
    Voice,
)
from conversations.outcomes import NOTHING, Outcome
from conversations.replies import CardUpdate, CodedReply, EventCode, MenuReply, TextReply
from escalation.cases import CaseKey, CaseState
from escalation.store import BY_CUSTOMER
from handlers import case_texts, staff
from handlers.case_card import cards_for
from handlers.turn import Turn
from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Asker
from tests.dialogues.knowledge import verdict_of
from tests.unit.handlers.staff_cases import LI_IN_A_GROUP, ZHANG, MemoryCases, after, case, staff_turn
from tests.unit.handlers.turns import NOW, only_text

FREIGHT = Entry(id=EntryId("freight"), question="运费多少", answer="满 99 元包邮。")


class Shelf:
    """Answers with what it is given; knows one entry."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.asked: list[str] = []

    async def decide(self, text: str) -> Decision:
        self.asked.append(text)
        return self.decision

    version = "v1"

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        return verdict_of(await self.decide(text))

    def entry(self, entry_id: str) -> Entry | None:
        return FREIGHT if entry_id == FREIGHT.id else None


def candidate() -> Candidate:
    return Candidate(
        entry_id=FREIGHT.id, question=FREIGHT.question, answer=FREIGHT.answer, score=1.0, probability=0.99
    )


NOTHING_NEAR = Refuse(reason=RefuseReason.NOTHING_NEAR)


async def told(cases: MemoryCases, turn: Turn, decision: Decision = NOTHING_NEAR) -> Outcome:
    return await staff.handler(cases, Shelf(decision))(turn)


def test_staff_are_those_who_can_only_be_members() -> None:
    assert staff.is_staff(ZHANG)
    assert staff.is_staff(LI_IN_A_GROUP)
    for channel in (Channel.OFFICIAL, Channel.KEFU, Channel.TERMINAL):
        assert not staff.is_staff(Address(channel=channel, account="a", peer="p"))


def test_a_member_is_the_same_person_in_the_app_and_in_a_group() -> None:
    assert staff.member_of(ZHANG) == "zhang"
    assert staff.member_of(LI_IN_A_GROUP) == "li"


async def test_who_cannot_be_told_apart_is_told_nothing() -> None:
    nobody = Address(channel=Channel.WECOM, account="1000002", peer="unknown")
    assert await told(MemoryCases(), staff_turn("待处理", who=nobody)) == NOTHING


@pytest.mark.parametrize("text", ["帮助", "help", "怎么用？", "", "  "])
async def test_help(text: str) -> None:
    assert only_text(await told(MemoryCases(), staff_turn(text))) == staff.HELP


async def test_who_waits_and_since_when() -> None:
    cases = MemoryCases.of(case("a", minutes=3), case("b", minutes=75), case("c"))
    outcome = await told(cases, staff_turn("待处理"))
    lines = only_text(outcome).splitlines()
    assert lines[0] == "有 3 位顾客在等人工，最早的从 10:45 等到现在（1 小时 15 分钟）："
    assert lines[1].startswith("1. 微信客服 · 客户")
    assert lines[1].endswith("等了 1 小时 15 分钟 · 要找真人：“荔枝坏了”")
    assert lines[-1] == case_texts.HOW_TO_TAKE
    assert outcome.context == Context(offered=("case:b:case", "case:a:case", "case:c:case"))


async def test_more_wait_than_are_shown() -> None:
    cases = MemoryCases.of(*(case(f"c{n}", minutes=n) for n in range(8)))
    text = only_text(await told(cases, staff_turn("待处理")))
    assert "有 8 位" in text
    assert case_texts.MORE.format(count=3) in text


async def test_nobody_waits() -> None:
    assert only_text(await told(MemoryCases(), staff_turn("待处理"))) == case_texts.NOBODY


async def test_a_list_shows_no_personal_data_and_no_markup() -> None:
    words = "我叫王小明 13812345678 <@all> [点我](http://x.cn)"
    text = only_text(await told(MemoryCases.of(case("a", summary=words)), staff_turn("待处理")))
    assert "13812345678" not in text
    assert "王小明" not in text
    assert "wm_a" not in text
    assert "<@" not in text
    assert "](" not in text


async def test_taking_by_number_and_the_second_learns_who_has_it() -> None:
    cases = MemoryCases.of(case("a", minutes=9), case("b"))
    mine, theirs = staff_turn("待处理"), staff_turn("待处理", who=LI_IN_A_GROUP)
    listed, also_listed = await told(cases, mine), await told(cases, theirs)
    took = await told(cases, after(mine, listed.context, "接 2"))
    assert "由你接待" in only_text(took)
    assert cases.cases[CaseKey("b:case")].taken_by == "zhang"
    again = await told(cases, after(mine, listed.context, "接2"))
    assert only_text(again) == only_text(took)
    late = await told(cases, after(theirs, also_listed.context, "我来接第2位"))
    assert only_text(late) == staff.TAKEN_BY.format(who="zhang")
    assert (await cases.waiting(9)).count == 1


async def test_what_you_look_after_is_listed_below_and_closed_by_its_number() -> None:
    cases = MemoryCases.of(case("a", minutes=9), case("b"))
    await cases.take(CaseKey("a:case"), "zhang", NOW)
    turn = staff_turn("待处理")
    listed = await told(cases, turn)
    assert case_texts.YOURS in only_text(listed)
    done = await told(cases, after(turn, listed.context, "办完 2"))
    assert only_text(done) == staff.CLOSED
    assert cases.cases[CaseKey("a:case")].state is CaseState.CLOSED


async def test_nobody_closes_what_another_member_has() -> None:
    cases = MemoryCases.of(case("a"))
    turn = staff_turn("待处理")
    listed = await told(cases, turn)
    await cases.take(CaseKey("a:case"), "li", NOW)
    assert only_text(await told(cases, after(turn, listed.context, "办完1"))) == staff.TAKEN_BY.format(
        who="li"
    )
    assert cases.cases[CaseKey("a:case")].state is CaseState.TAKEN


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("接 7", staff.OUT_OF_RANGE),
        ("接", staff.OUT_OF_RANGE),
        ("2", staff.WHAT_TO_DO.format(number=2)),
        ("9", staff.OUT_OF_RANGE),
    ],
)
async def test_numbers_that_do_not_say_enough(text: str, answer: str) -> None:
    cases = MemoryCases.of(case("a", minutes=9), case("b"))
    turn = staff_turn("待处理")
    listed = await told(cases, turn)
    assert only_text(await told(cases, after(turn, listed.context, text))) == answer
    assert (await cases.waiting(9)).count == 2


async def test_one_case_needs_no_number() -> None:
    cases = MemoryCases.of(case("a"))
    turn = staff_turn("待处理")
    listed = await told(cases, turn)
    await told(cases, after(turn, listed.context, "我来接"))
    assert cases.cases[CaseKey("a:case")].taken_by == "zhang"


async def test_a_number_without_a_list() -> None:
    assert only_text(await told(MemoryCases.of(case("a")), staff_turn("接 1"))) == staff.NOTHING_LISTED


async def test_a_case_that_was_deleted_meanwhile() -> None:
    context = Context(offered=("case:gone:case",))
    for text in ("接 1", "办完 1"):
        assert only_text(await told(MemoryCases(), staff_turn(text, context=context))) == staff.CASE_GONE


def click(key: str) -> CardClicked:
    return CardClicked(card_type="button_interaction", task_id="t", key=key, response_code="RC", selected={})


def button_keys(cases: MemoryCases) -> tuple[str, str]:
    """Of the first case's card."""
    ((_, card),) = cards_for(next(iter(cases.cases.values())), [ZHANG], NOW)
    take, skip = card.card["button_list"]
    return take["key"], skip["key"]


async def test_a_tap_on_the_card_takes_the_case_and_says_how_to_go_on() -> None:
    cases = MemoryCases.of(case("a"))
    take, _ = button_keys(cases)
    first = await told(cases, staff_turn(content=click(take), trigger=None))
    assert first.says[0].reply == CardUpdate(response_code="RC", button="已由 zhang 接入")
    assert isinstance(first.says[1].reply, TextReply)
    assert "由你接待" in first.says[1].reply.text
    second = await told(cases, staff_turn(content=click(take), who=LI_IN_A_GROUP, trigger=None))
    assert second.says[0].reply == CardUpdate(response_code="RC", button="已由 zhang 接入")
    assert second.says[1].reply == TextReply(text=staff.TAKEN_BY.format(who="zhang"))


async def test_a_tap_that_leaves_it_to_others_changes_only_the_card() -> None:
    cases = MemoryCases.of(case("a"))
    _, skip = button_keys(cases)
    outcome = await told(cases, staff_turn(content=click(skip), trigger=None))
    assert [item.reply for item in outcome.says] == [CardUpdate(response_code="RC", button="已忽略")]
    assert (await cases.waiting(9)).count == 1


async def test_taps_on_a_closed_a_deleted_and_a_strange_card() -> None:
    cases = MemoryCases.of(case("a"))
    take, _ = button_keys(cases)
    await cases.close(CaseKey("a:case"), "li", NOW)
    for key, button in ((take, "已处理完"), ("case.take:none", "已失效"), ("vote", "已失效")):
        outcome = await told(cases, staff_turn(content=click(key), trigger=None))
        assert outcome.says[0].reply == CardUpdate(response_code="RC", button=button)


@pytest.mark.parametrize(("who", "text"), [("li", staff.ALREADY_CLOSED), (BY_CUSTOMER, staff.WITHDRAWN)])
async def test_who_reaches_for_a_closed_case_learns_whether_the_customer_closed_it(
    who: str, text: str
) -> None:
    cases = MemoryCases.of(case("a"))
    take, _ = button_keys(cases)
    await cases.close(CaseKey("a:case"), who, NOW)
    outcome = await told(cases, staff_turn(content=click(take), trigger=None))
    assert [say.reply for say in outcome.says][1] == TextReply(text=text)


async def test_anything_else_is_looked_up_and_named() -> None:
    outcome = await told(MemoryCases(), staff_turn("运费多少"), Answer(candidate=candidate()))
    assert only_text(outcome) == "满 99 元包邮。\n\n（条目 freight）"


async def test_several_entries_are_offered_and_chosen_by_number() -> None:
    turn = staff_turn("运费")
    asked = await told(MemoryCases(), turn, Ask(candidates=(candidate(),)))
    assert isinstance(asked.says[0].reply, MenuReply)
    chosen = await told(MemoryCases(), after(turn, asked.context, "1"))
    assert only_text(chosen) == "满 99 元包邮。\n\n（条目 freight）"
    assert only_text(await told(MemoryCases(), after(turn, asked.context, "3"))) == staff.OUT_OF_RANGE
    gone = staff_turn("1", context=Context(offered=("old",)))
    assert only_text(await told(MemoryCases(), gone)) == staff.ENTRY_GONE


@pytest.mark.parametrize(
    ("reason", "answer"),
    [(RefuseReason.NOTHING_NEAR, staff.NOT_KNOWN), (RefuseReason.NO_INDEX, staff.NOT_READY)],
)
async def test_what_is_not_known(reason: RefuseReason, answer: str) -> None:
    assert only_text(await told(MemoryCases(), staff_turn("量子"), Refuse(reason=reason))) == answer


async def test_who_opens_the_chat_is_greeted_where_the_platform_allows_it() -> None:
    code = EventCode(code="welcome", expires_at=datetime(2026, 11, 3, tzinfo=UTC) + timedelta(seconds=5))
    greeted = await told(MemoryCases(), staff_turn(content=EnteredSession(code=code), trigger=None))
    assert [item.reply for item in greeted.says] == [CodedReply(code=code, reply=TextReply(text=staff.HELP))]
    assert await told(MemoryCases(), staff_turn(content=EnteredSession(), trigger=None)) == NOTHING


@pytest.mark.parametrize("content", [Unfollowed(), Notification(name="view", fields={})])
async def test_events_that_want_nothing(content: Content) -> None:
    assert await told(MemoryCases(), staff_turn(content=content, trigger=None)) == NOTHING


async def test_a_new_member_a_menu_a_voice_and_a_picture() -> None:
    cases = MemoryCases()
    assert only_text(await told(cases, staff_turn(content=Followed(), trigger=Trigger.FOLLOW))) == staff.HELP
    tapped = staff_turn(content=MenuClicked(menu_key="待处理"), trigger=Trigger.MENU_CLICK)
    assert only_text(await told(cases, tapped)) == case_texts.NOBODY
    spoken = staff_turn("待处理。", content=Voice(media_id="m", recognition="待处理。"))
    assert only_text(await told(cases, spoken)) == case_texts.NOBODY
    assert only_text(await told(cases, staff_turn(content=Image(media_id="m")))) == staff.UNREADABLE
