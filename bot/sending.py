"""What to send next in one conversation: pure. Withhold, merge, defer, wait or send, within the platform's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.limits import Allowed, Closed, ReplyLimits, Wait, Window, may_send
from channels.text import byte_length
from conversations.inbound import Trigger
from conversations.ownership import Ownership
from conversations.replies import Reply, ReplyKind, TextReply, TransferReply

MORE_TO_COME = "（后面还有一段，回复任意内容接着看～）"
_BETWEEN = "\n\n"
MERGE_PATIENCE = timedelta(seconds=2)
"""How long the last free slot is kept for answers that are still being thought of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An undelivered reply.

    ``in_flight``: how an earlier attempt ended is not known, so this must go out as it went then: with whatever
    has the same ``send_key``.
    """

    outbox_id: int
    kind: ReplyKind
    reply: Reply
    epoch: int
    queued_at: datetime
    in_flight: bool = False
    send_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send ``reply``, which carries these outbox rows. It is charged to the window of ``trigger``; None: to nothing."""

    outbox_ids: tuple[int, ...]
    reply: Reply
    trigger: Trigger | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defer:
    """Nothing more until the person acts again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Ask again at ``until`` (business time)."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``withheld`` rows were overtaken by a change of owner. ``step`` is None when nothing else is left."""

    withheld: tuple[int, ...]
    step: Send | Defer | Hold | None


def plan(
    queue: Sequence[Queued],
    *,
    ownership: Ownership,
    windows: Sequence[Window],
    limits: ReplyLimits,
    now: datetime,
    more_coming: bool,
    repeats_are_known: bool = False,
) -> Plan:
    """The next step for a conversation's undelivered replies, oldest first.

    ``more_coming``: the person's next messages are still being answered, so their answers may share a slot.
    ``repeats_are_known``: the platform recognises a repeated message and neither shows nor counts it again.
    """
    withheld = tuple(item.outbox_id for item in queue if _stale(item, ownership))
    live = [item for item in queue if not _stale(item, ownership)]
    if not live:
        return Plan(withheld=withheld, step=None)
    head = live[0]
    if isinstance(head.reply, TransferReply):  # the person reads nothing, so no window is needed
        return Plan(withheld=withheld, step=_joined([head], None))
    if head.in_flight and repeats_are_known:
        return Plan(withheld=withheld, step=_as_it_went(live, None))
    asked = may_send(limits, windows, head.kind, now)
    if isinstance(asked, Closed):
        # What only people may still say does not wait behind what the bot may not.
        live = [item for item in live if item.kind is ReplyKind.PERSON] or live
        asked = may_send(limits, windows, live[0].kind, now)
    match asked:
        case Wait(until=until):
            return Plan(withheld=withheld, step=Hold(until=until))
        case Closed(reason=reason):
            return Plan(withheld=withheld, step=Defer(reason=reason))
        case Allowed(trigger=trigger, left_for_kind=left):
            return Plan(
                withheld=withheld, step=_send(live, trigger, left, limits, now, more_coming=more_coming)
            )


def _stale(item: Queued, ownership: Ownership) -> bool:
    """The bot's chat from before a change of owner may not be said; a notice is for the person to pass on."""
    match item.kind:
        case ReplyKind.CHAT | ReplyKind.TRANSITION:
            return item.epoch != ownership.epoch
        case ReplyKind.PERSON:
            return False
        case ReplyKind.NOTICE:
            return not ownership.bot_may_speak


def _send(
    live: Sequence[Queued],
    trigger: Trigger | None,
    left: int,
    limits: ReplyLimits,
    now: datetime,
    *,
    more_coming: bool,
) -> Send | Hold:
    head = live[0]
    if head.in_flight:
        return _as_it_went(live, trigger)
    if left > 1:
        return _joined([head], trigger)
    if more_coming and now < head.queued_at + MERGE_PATIENCE:
        return Hold(until=head.queued_at + MERGE_PATIENCE)
    together = _fitting(live, limits.max_text_bytes)
    message = _joined(together, trigger)
    if len(together) == len(live) or not isinstance(message.reply, TextReply):
        return message
    announced = message.reply.text + MORE_TO_COME
    if byte_length(announced) > limits.max_text_bytes:  # one text, as long as a text may be
        return message
    return Send(outbox_ids=message.outbox_ids, reply=TextReply(text=announced), trigger=trigger)


def _as_it_went(live: Sequence[Queued], trigger: Trigger | None) -> Send:
    """The message of the first reply as an earlier attempt sent it."""
    head = live[0]
    together = [
        item
        for item in live
        if item.in_flight and item.send_key == head.send_key and isinstance(item.reply, TextReply)
    ]
    return _joined(together if together and together[0] is head else [head], trigger)


def _fitting(live: Sequence[Queued], max_bytes: int) -> list[Queued]:
    """The longest run of texts of the head's kind that fits into one message, with room for the note at its end."""
    room = max_bytes - byte_length(MORE_TO_COME)
    together: list[Queued] = []
    used = 0
    for item in live:
        if not isinstance(item.reply, TextReply) or item.kind is not live[0].kind:
            break
        used += byte_length(item.reply.text) + (byte_length(_BETWEEN) if together else 0)
        if together and used > room:
            break
        together.append(item)
    return together or [live[0]]


def _joined(together: Sequence[Queued], trigger: Trigger | None) -> Send:
    ids = tuple(item.outbox_id for item in together)
    if len(together) == 1:
        return Send(outbox_ids=ids, reply=together[0].reply, trigger=trigger)
    texts = [item.reply.text for item in together if isinstance(item.reply, TextReply)]
    return Send(outbox_ids=ids, reply=TextReply(text=_BETWEEN.join(texts)), trigger=trigger)
