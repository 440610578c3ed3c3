"""The owner after a transfer, as a table."""

from __future__ import annotations

import pytest

from bot.dispatch import Aftermath, new_owner
from conversations.ownership import Owner, Ownership

BOT = Ownership(epoch=3)
QUEUE = Ownership(owner=Owner.QUEUE, epoch=3)
LAN = Ownership(owner=Owner.AGENT, agent="lan", epoch=3)


@pytest.mark.parametrize(
    ("before", "after", "owner"),
    [
        (BOT, Aftermath(owner=Owner.QUEUE), Ownership(owner=Owner.QUEUE, epoch=4)),
        (QUEUE, Aftermath(owner=Owner.QUEUE), QUEUE),
        (BOT, Aftermath(owner=Owner.AGENT, agent="mei"), Ownership(owner=Owner.AGENT, agent="mei", epoch=4)),
        (
            QUEUE,
            Aftermath(owner=Owner.AGENT, agent="mei"),
            Ownership(owner=Owner.AGENT, agent="mei", epoch=4),
        ),
        (LAN, Aftermath(owner=Owner.AGENT, agent="mei"), Ownership(owner=Owner.AGENT, agent="mei", epoch=4)),
        (LAN, Aftermath(owner=Owner.AGENT, agent="lan"), LAN),
        (QUEUE, Aftermath(owner=Owner.BOT), Ownership(epoch=4)),
        (LAN, Aftermath(owner=Owner.BOT), Ownership(epoch=4)),
        (BOT, Aftermath(owner=Owner.BOT), BOT),
        (BOT, Aftermath(), BOT),
        (LAN, Aftermath(), LAN),
        # An agent without a name is nobody to write down.
        (BOT, Aftermath(owner=Owner.AGENT), BOT),
    ],
)
def test_who_owns_the_conversation_afterwards(before: Ownership, after: Aftermath, owner: Ownership) -> None:
    assert new_owner(before, after) == owner


def test_whoever_took_it_from_the_queue_before_the_transfer_was_written_down_keeps_it() -> None:
    assert new_owner(LAN, Aftermath(owner=Owner.QUEUE)) == LAN
