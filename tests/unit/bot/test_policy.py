"""Who answers what: the policy as a table."""

from datetime import UTC, datetime

import pytest

from bot.policy import (
    ChooseOffered,
    Ignore,
    LeaveToPerson,
    RunHandler,
    Step,
    Unsupported,
    next_step,
    spoken_text,
)
from conversations.address import Address, Channel
from conversations.conversation import Context, Conversation
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
from intents.understanding import Understanding

WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
OFFERED = Context(offered=("a", "b"))
AWAITING = Context(awaiting="order_status")
QUEUE = Ownership(owner=Owner.QUEUE, epoch=1)
AGENT = Ownership(owner=Owner.AGENT, agent="li", epoch=1)


def _step(
    content: Content,
    understanding: Understanding | None = None,
    *,
    context: Context | None = None,
    ownership: Ownership | None = None,
    trigger: Trigger | None = Trigger.MESSAGE,
) -> Step:
    conversation = Conversation(
        address=WANG, context=context or Context(), ownership=ownership or Ownership()
    )
    inbound = Inbound(key=MessageKey("k"), address=WANG, content=content, sent_at=NOON, trigger=trigger)
    return next_step(conversation, inbound, understanding)


def _understood(intent: str, confidence: float = 1.0, **entities: str) -> Understanding:
    return Understanding(intent=intent, confidence=confidence, entities=entities)


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
        (Text(text="转人工"), _understood("hand_over")),
        (Text(text="1"), _understood("faq")),
        (Image(media_id="m"), None),
        (MenuClicked(menu_key="hand_over"), None),
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
        # The intent, where it is sure enough.
        ("你好", _understood("greet"), Context(), RunHandler(intent="greet")),
        ("你好", _understood("greet", 0.6), Context(), RunHandler(intent="greet")),
        ("你好", _understood("greet", 0.59), Context(), RunHandler(intent="faq")),
        ("找人", _understood("hand_over", 0.59), Context(), RunHandler(intent="faq")),
        # A choice, only while something is offered.
        ("2", _understood("faq"), OFFERED, ChooseOffered(index=1)),
        ("第二个", _understood("greet"), OFFERED, ChooseOffered(index=1)),
        ("7", _understood("faq"), OFFERED, ChooseOffered(index=6)),
        ("2", _understood("faq"), Context(), RunHandler(intent="faq")),
        ("谢谢", _understood("thanks"), OFFERED, RunHandler(intent="thanks")),
        # The handler that waits for something, when something came.
        ("A1", _understood("faq", order_no="A1"), AWAITING, RunHandler(intent="order_status")),
        ("138", _understood("faq", phone="138****5678"), AWAITING, RunHandler(intent="order_status")),
        ("运费多少", _understood("faq"), AWAITING, RunHandler(intent="faq")),
        ("A1", _understood("faq", order_no="A1"), Context(), RunHandler(intent="faq")),
        # A person, before everything.
        ("转人工", _understood("hand_over"), OFFERED, RunHandler(intent="hand_over")),
        ("A1 转人工", _understood("hand_over", order_no="A1"), AWAITING, RunHandler(intent="hand_over")),
    ],
)
def test_words(text: str, understanding: Understanding, context: Context, step: Step) -> None:
    assert _step(Text(text=text), understanding, context=context) == step
    assert _step(Voice(media_id="m", recognition=text), understanding, context=context) == step


def test_a_tap_chooses_by_its_id() -> None:
    tapped = Text(text="随便什么", menu_id="b")
    assert _step(tapped, _understood("faq"), context=OFFERED) == ChooseOffered(index=1)
    assert _step(tapped, _understood("faq")) == RunHandler(intent="faq")


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
