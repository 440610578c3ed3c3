"""Who answers what: the policy as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.policy import Situation, next_step, spoken_text
from bot.steps import (
    AskWhich,
    Beside,
    ChooseOffered,
    Consult,
    Guide,
    Ignore,
    LeaveToPerson,
    RunHandler,
    Step,
    Switch,
    Unsupported,
)
from conversations.address import Address, Channel
from conversations.conversation import Context, Conversation
from conversations.guided import Guided
from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Notification,
    Scanned,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)
from conversations.ownership import Owner, Ownership
from intents.understanding import Source, Understanding
from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.entry import EntryId

WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
OFFERED = Context(offered=("a", "b"))
AWAITING = Context(awaiting="order_status")
ANSWERED = Context(last_entry="a", answered_at=NOON)
RETURN = Guided(form="return_form", tracker="t", touched_at=NOON, asked="order_no", prompt="哪一单？")
GUIDED = Context(guided=RETURN)
FAQ_STEP = RunHandler(intent="faq")
GO_ON = Guide(intent=None)
QUEUE = Ownership(owner=Owner.QUEUE, epoch=1)
AGENT = Ownership(owner=Owner.AGENT, agent="li", epoch=1)


def _step(
    content: Content,
    understanding: Understanding | None = None,
    *,
    context: Context | None = None,
    ownership: Ownership | None = None,
    trigger: Trigger | None = Trigger.MESSAGE,
    verdict: Verdict | None = None,
) -> Step:
    conversation = Conversation(
        address=WANG, context=context or Context(), ownership=ownership or Ownership()
    )
    inbound = Inbound(key=MessageKey("k"), address=WANG, content=content, sent_at=NOON, trigger=trigger)
    return next_step(
        Situation(
            conversation=conversation,
            inbound=inbound,
            now=NOON,
            text=spoken_text(content) or "",
            understanding=understanding,
            verdict=verdict,
        )
    )


def _ruled(intent: str, **entities: str) -> Understanding:
    """Sure words."""
    return Understanding(intent=intent, confidence=1.0, entities=entities)


def _heard(intent: str, confidence: float, *others: tuple[str, float], **entities: str) -> Understanding:
    """What Rasa makes of it."""
    return Understanding(
        intent=intent, confidence=confidence, entities=entities, others=others, source=Source.RASA
    )


def _verdict(decision: Decision, rule: Rule = Rule.SURE) -> Verdict:
    return Verdict(decision=decision, rule=rule, probability=0.9, ranked=())


ENTRY = Candidate(entry_id=EntryId("a"), question="怎么退货？", answer="…", score=1, probability=0.99)
ANSWER = _verdict(Answer(candidate=ENTRY))
EXACT = _verdict(Answer(candidate=ENTRY), Rule.EXACT)
ASK = _verdict(Ask(candidates=(ENTRY,)), Rule.UNSURE)
REFUSE = _verdict(Refuse(reason=RefuseReason.NOTHING_NEAR), Rule.NOTHING_NEAR)


@pytest.mark.parametrize(
    ("content", "step"),
    [
        (Followed(), RunHandler(intent="followed")),
        (Unfollowed(), RunHandler(intent="unfollowed")),
        (MenuClicked(menu_key="order_status"), RunHandler(intent="menu")),
        (Scanned(scene="s"), Ignore()),
        (AgentSession(change=AgentSessionChange.CREATED, agent="li"), Ignore()),
        (Notification(name="view", fields={}), Ignore()),
        (Image(media_id="m"), Unsupported()),
        (Voice(media_id="m"), Unsupported()),
        (Voice(media_id="m", recognition="  "), Unsupported()),
        (Video(media_id="m"), Unsupported()),
        (Location(latitude=0.0, longitude=0.0), Unsupported()),
        (Link(title="t", url="u"), Unsupported()),
    ],
)
def test_what_has_no_words(content: Content, step: Step) -> None:
    assert _step(content) == step


def test_an_unknown_message_is_unsupported_and_an_unknown_event_ignored() -> None:
    unknown = Unrecognised(name="x", fields={})
    assert _step(unknown) == Unsupported()
    assert _step(unknown, trigger=None) == Ignore()


@pytest.mark.parametrize("ownership", [QUEUE, AGENT])
@pytest.mark.parametrize(
    ("content", "understanding"),
    [
        (Text(text="转人工"), _ruled("ask_human")),
        (Text(text="1"), _ruled("faq")),
        (Image(media_id="m"), None),
        (MenuClicked(menu_key="ask_human"), None),
        (Followed(), None),
        (Unrecognised(name="x", fields={}), None),
    ],
)
def test_the_bot_keeps_quiet_where_a_person_owns_the_conversation(
    content: Content, understanding: Understanding | None, ownership: Ownership
) -> None:
    assert _step(content, understanding, context=OFFERED, ownership=ownership) == LeaveToPerson()


@pytest.mark.parametrize("content", [Scanned(scene="s"), Notification(name="view", fields={})])
def test_events_without_meaning_disturb_nobody(content: Content) -> None:
    assert _step(content, ownership=AGENT) == Ignore()


def test_somebody_who_leaves_has_left_whoever_owned_the_conversation() -> None:
    assert _step(Unfollowed(), ownership=AGENT) == RunHandler(intent="unfollowed")


@pytest.mark.parametrize(
    ("text", "understanding", "context", "step"),
    [
        # Sure words need no second opinion.
        ("你好", _ruled("greet"), Context(), RunHandler(intent="greet")),
        ("我的快递到哪了", _ruled("logistics"), Context(), RunHandler(intent="logistics")),
        ("我要退货", _ruled("return_goods"), Context(), Guide(intent="return_goods")),
        # A choice, only while something is offered.
        ("2", _ruled("faq"), OFFERED, ChooseOffered(index=1)),
        ("第二个", _ruled("greet"), OFFERED, ChooseOffered(index=1)),
        ("7", _ruled("faq"), OFFERED, ChooseOffered(index=6)),
        ("2", _ruled("faq"), Context(), Consult()),
        ("谢谢", _ruled("thank"), OFFERED, RunHandler(intent="thank")),
        # The handler that waits for something, when that came.
        ("A1", _ruled("faq", order_no="A1"), AWAITING, RunHandler(intent="order_status")),
        ("138", _ruled("faq", phone="138****5678"), AWAITING, RunHandler(intent="order_status")),
        ("三箱橙子", _ruled("faq", product="橙子", quantity="3"), AWAITING, Consult()),
        ("A1", _ruled("faq", order_no="A1"), Context(), Consult()),
        # A person, before everything.
        ("转人工", _ruled("ask_human"), OFFERED, RunHandler(intent="ask_human")),
        ("转人工", _ruled("ask_human"), GUIDED, RunHandler(intent="ask_human")),
        ("找小陈", _heard("ask_dedicated_agent", 0.9), GUIDED, RunHandler(intent="ask_dedicated_agent")),
        ("A1 转人工", _ruled("ask_human", order_no="A1"), AWAITING, RunHandler(intent="ask_human")),
        # An answer that did not help, while it is fresh.
        ("没解决", _heard("deny", 0.9), ANSWERED, RunHandler(intent="faq")),
        ("没解决", _heard("deny", 0.9), Context(), Consult()),
    ],
)
def test_words(text: str, understanding: Understanding, context: Context, step: Step) -> None:
    assert _step(Text(text=text), understanding, context=context) == step
    assert _step(Voice(media_id="m", recognition=text), understanding, context=context) == step


@pytest.mark.parametrize(
    ("understanding", "verdict", "step"),
    [
        # Something that is done here: against an answer of the knowledge base it has to be plain.
        (_heard("return_goods", 0.99), ANSWER, Guide(intent="return_goods")),
        (_heard("return_goods", 0.99), EXACT, Guide(intent="return_goods")),
        (_heard("return_goods", 0.9), EXACT, FAQ_STEP),
        (_heard("ask_human", 0.88), EXACT, FAQ_STEP),
        (_heard("ask_human", 0.88), ANSWER, RunHandler(intent="ask_human")),
        (_heard("ask_human", 0.7), ANSWER, FAQ_STEP),
        (_heard("ask_human", 0.7), ASK, RunHandler(intent="ask_human")),
        (_heard("return_goods", 0.7), ANSWER, FAQ_STEP),
        (_heard("return_goods", 0.7), ASK, Guide(intent="return_goods")),
        (_heard("return_goods", 0.7), REFUSE, Guide(intent="return_goods")),
        (_heard("refund_progress", 0.7), ASK, RunHandler(intent="refund_progress")),
        (_heard("refund_progress", 0.7), ANSWER, FAQ_STEP),
        # Perhaps: the knowledge base's answer, else the customer says which it is.
        (_heard("return_goods", 0.5, ("exchange_goods", 0.4)), ANSWER, FAQ_STEP),
        (
            _heard("return_goods", 0.5, ("exchange_goods", 0.4)),
            ASK,
            AskWhich(intents=("return_goods", "exchange_goods")),
        ),
        (_heard("return_goods", 0.5, ("stock", 0.4)), REFUSE, AskWhich(intents=("return_goods",))),
        (_heard("faq", 0.55, ("invoice", 0.42)), REFUSE, AskWhich(intents=("invoice",))),
        (_heard("faq", 0.9, ("invoice", 0.08)), REFUSE, FAQ_STEP),
        (_heard("stock", 0.5), ASK, FAQ_STEP),
        (_heard("chitchat", 0.5), REFUSE, FAQ_STEP),
        # Talking: a question that the knowledge base answers is a question.
        (_heard("chitchat", 0.9), ANSWER, FAQ_STEP),
        (_heard("chitchat", 0.9), ASK, RunHandler(intent="chitchat")),
        (_heard("chitchat", 0.9), REFUSE, RunHandler(intent="chitchat")),
        # Not done here: whatever the knowledge base knows is better.
        (_heard("stock", 0.99), ANSWER, FAQ_STEP),
        (_heard("stock", 0.99), ASK, FAQ_STEP),
        (_heard("stock", 0.99), REFUSE, RunHandler(intent="stock")),
    ],
)
def test_an_intent_or_a_question(understanding: Understanding, verdict: Verdict, step: Step) -> None:
    assert _step(Text(text="随便"), understanding) == Consult()
    assert _step(Text(text="随便"), understanding, verdict=verdict) == step


@pytest.mark.parametrize(
    ("asked", "text", "understanding", "verdict", "step"),
    [
        # What was asked for.
        ("order_no", "HY1", _heard("order_status", 0.9, order_no="HY1"), None, GO_ON),
        ("confirmed", "可以", _heard("affirm", 0.9), None, GO_ON),
        ("confirmed", "不对，是另一单", _heard("deny", 0.8), None, GO_ON),
        ("reason", "坏了", _heard("missing_or_broken", 0.8), None, GO_ON),
        ("reason", "不喜欢", _heard("faq", 0.9), None, GO_ON),
        ("order_no", "我要退货", _heard("return_goods", 0.99), None, GO_ON),
        ("reason", "质量有问题", _heard("missing_or_broken", 0.99), None, GO_ON),
        ("confirmed", "换一单", _heard("exchange_goods", 0.99), None, GO_ON),
        ("confirmed", "原因改成有异味", _heard("missing_or_broken", 0.99), None, GO_ON),
        # No more of it.
        ("order_no", "算了不退了", _heard("stop", 0.9), None, GO_ON),
        ("reason", "算了", _ruled("stop"), None, GO_ON),
        # A question beside it.
        ("order_no", "运费谁出？", _heard("faq", 0.9), None, Consult()),
        ("order_no", "运费谁出？", _heard("faq", 0.9), ANSWER, Beside(intent="faq")),
        ("order_no", "运费谁出？", _heard("faq", 0.9), ASK, Beside(intent="faq")),
        ("order_no", "运费谁出？", _heard("faq", 0.9), REFUSE, GO_ON),
        ("reason", "运费谁出？", _heard("faq", 0.9), ANSWER, Beside(intent="faq")),
        ("reason", "为什么是坏的？", _heard("faq", 0.9), ASK, GO_ON),
        ("order_no", "我有多少积分", _heard("points_balance", 0.9), REFUSE, Beside(intent="points_balance")),
        ("order_no", "谢谢", _ruled("thank"), None, Beside(intent="thank")),
        # Talk beside it, where it is plain and no answer.
        ("order_no", "你真聪明", _heard("praise", 0.9), None, Beside(intent="praise")),
        ("order_no", "你真聪明", _heard("praise", 0.8), None, GO_ON),
        ("reason", "东西不错", _heard("praise", 0.9), None, GO_ON),
        ("confirmed", "你是机器人吗", _heard("chitchat", 0.95), None, Beside(intent="chitchat")),
        ("reason", "你是机器人吗", _heard("chitchat", 0.95), None, Beside(intent="chitchat")),
        ("reason", "就是不想要", _heard("chitchat", 0.95), None, GO_ON),
        ("order_no", "回见", _heard("bye", 0.95), None, GO_ON),
        # What is not done here has to be plain, and what was shown is an answer.
        ("product", "抽纸", _heard("lottery_join", 0.71), None, GO_ON),
        ("product", "补一个", _heard("urge_delivery", 0.7), None, GO_ON),
        ("product", "催下发货", _heard("urge_delivery", 0.9), REFUSE, Beside(intent="urge_delivery")),
        ("product", "有券吗", _heard("coupon", 0.9), REFUSE, Beside(intent="coupon")),
        ("product", "质量的那个", _heard("invoice", 0.9), None, GO_ON),
        ("product", "改一下", _heard("change_address", 0.98), None, GO_ON),
        ("confirmed", "可以的就这样吧", _ruled("bye"), None, GO_ON),
        ("product", "就这样吧", _ruled("bye"), None, Beside(intent="bye")),
        ("confirmed", "发错了或少发了", _heard("urge_delivery", 0.7), None, GO_ON),
        ("product", "等一下", _heard("urge_delivery", 0.9), None, GO_ON),
        # Another wish.
        ("order_no", "帮我开发票", _heard("invoice", 0.8), None, Switch(intent="invoice")),
        ("reason", "帮我开发票", _heard("invoice", 0.8), None, GO_ON),
        ("reason", "帮我开发票", _heard("invoice", 0.95), None, Switch(intent="invoice")),
    ],
)
def test_in_the_middle_of_a_guided_conversation(
    asked: str, text: str, understanding: Understanding, verdict: Verdict | None, step: Step
) -> None:
    context = replace(GUIDED, guided=replace(RETURN, asked=asked, choices=("质量有问题",)))
    assert _step(Text(text=text), understanding, context=context, verdict=verdict) == step


def test_a_guided_conversation_waits_for_two_days() -> None:
    late = replace(GUIDED, guided=replace(RETURN, touched_at=NOON - timedelta(hours=49)))
    assert _step(Text(text="好的"), _heard("affirm", 0.9), context=late, verdict=REFUSE) == RunHandler(
        intent="affirm"
    )
    soon = replace(GUIDED, guided=replace(RETURN, touched_at=NOON - timedelta(hours=47)))
    assert _step(Text(text="好的"), _heard("affirm", 0.9), context=soon) == GO_ON


def test_a_tap_chooses_by_its_id() -> None:
    tapped = Text(text="随便什么", menu_id="b")
    assert _step(tapped, _ruled("faq"), context=OFFERED) == ChooseOffered(index=1)
    assert _step(tapped, _ruled("faq")) == Consult()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (Text(text=" x "), " x "),
        (Text(text=""), ""),
        (Voice(media_id="m", recognition=" 你好。 "), "你好。"),
        (Voice(media_id="m", recognition=""), None),
        (Voice(media_id="m"), None),
        (Image(media_id="m"), None),
        (Followed(), None),
    ],
)
def test_spoken_text(content: Content, text: str | None) -> None:
    assert spoken_text(content) == text
