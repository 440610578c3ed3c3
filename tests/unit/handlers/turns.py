"""Makes turns for handler tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from conversations.address import Address, Channel
from conversations.conversation import Context, Conversation
from conversations.inbound import Content, Inbound, MessageKey, Text, Trigger
from conversations.outcomes import Outcome
from conversations.replies import TextReply
from customers.profile.profile import Profile
from handlers.router import Router
from handlers.turn import Turn
from intents.understanding import Understanding

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")


def make_turn(
    text: str = "",
    *,
    intent: str = "faq",
    entities: Mapping[str, str] | None = None,
    context: Context | None = None,
    content: Content | None = None,
    profile: Profile | None = None,
) -> Turn:
    """A message of Wang's at noon; ``content`` is the text unless it is given."""
    return Turn(
        conversation=Conversation(address=WANG, context=context or Context()),
        inbound=Inbound(
            key=MessageKey("k1"),
            address=WANG,
            content=content or Text(text=text),
            sent_at=NOW,
            trigger=Trigger.MESSAGE,
        ),
        text=text,
        understanding=Understanding(intent=intent, confidence=1.0, entities=entities or {}),
        now=NOW,
        profile=profile,
    )


async def run(router: Router, turn: Turn) -> Outcome:
    """Runs the handler of the turn's intent."""
    handler = router.get(turn.understanding.intent)
    assert handler is not None
    return await handler(turn)


def only_text(outcome: Outcome) -> str:
    """The one text that an outcome says."""
    (item,) = outcome.says
    assert isinstance(item.reply, TextReply)
    return item.reply.text
