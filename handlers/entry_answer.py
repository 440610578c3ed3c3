"""What an entry says in a turn: the answer for the channel, its variables filled in, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conversations.address import Channel
from conversations.outcomes import Say
from conversations.replies import ImageReply, MiniProgramReply, TextReply
from handlers.turn import Turn
from intents.understanding import ORDER_NO
from knowledge_base.attachment import Attachment, AttachmentKind, is_url
from knowledge_base.entry import Entry
from knowledge_base.serving import Asker, answer_for, day_in_china
from knowledge_base.variables import render

_MINI_PROGRAMS = frozenset({Channel.OFFICIAL, Channel.KEFU})
"""Channels that show a page of a mini-program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWords:
    """What answers may say about the shop. ``service_hours`` None: people are there at any hour."""

    shop_name: str = ""
    service_hours: str | None = None


def asker_of(turn: Turn) -> Asker:
    """For whom the turn looks for an answer."""
    segments = () if turn.profile is None else tuple(segment.value for segment in turn.profile.segments)
    return Asker(today=day_in_china(turn.now), channel=turn.conversation.address.channel, segments=segments)


def serves(entry: Entry, turn: Turn) -> bool:
    """Whether the entry has something to say in the turn."""
    return asker_of(turn).is_served(entry)


def spoken_answer(entry: Entry, turn: Turn, shop: ShopWords) -> str | None:
    """The answer as text, links below it; None when the entry is not served today."""
    channel = turn.conversation.address.channel
    asker = asker_of(turn)
    answer = answer_for(entry, channel, asker.segments, asker.today)
    if answer is None:
        return None
    lines = (line for attachment in entry.attachments for line in _line(attachment, channel))
    return "\n".join([fill_in(answer, turn, shop), *lines])


def fill_in(answer: str, turn: Turn, shop: ShopWords) -> str:
    """An answer without placeholders, whatever is known."""
    return render(answer, _values(turn, shop)).strip()


def says_of(entry: Entry, turn: Turn, shop: ShopWords) -> tuple[Say, ...]:
    """The answer and what goes with it; nothing when the entry is not served today.

    A file that is known by its media id alone is kept for people: no channel sends one for us yet.
    """
    text = spoken_answer(entry, turn, shop)
    if text is None:
        return ()
    channel = turn.conversation.address.channel
    others = (say for attachment in entry.attachments for say in _other(attachment, channel))
    return (Say(reply=TextReply(text=text)), *others)


def _values(turn: Turn, shop: ShopWords) -> Mapping[str, str]:
    return {
        "order": turn.understanding.entities.get(ORDER_NO, ""),
        "shop": shop.shop_name,
        "hours": shop.service_hours or "",
    }


def _line(attachment: Attachment, channel: Channel) -> Iterator[str]:
    if attachment.kind is AttachmentKind.MINIPROGRAM:
        if channel not in _MINI_PROGRAMS or not _has_thumb(attachment):
            yield f"小程序：{attachment.title}"
    elif is_url(attachment.ref):
        yield f"{attachment.title}：{attachment.ref}" if attachment.title else attachment.ref


def _other(attachment: Attachment, channel: Channel) -> Iterator[Say]:
    if attachment.kind is AttachmentKind.IMAGE and not is_url(attachment.ref):
        yield Say(reply=ImageReply(media_id=attachment.ref))
    if attachment.kind is AttachmentKind.MINIPROGRAM and channel in _MINI_PROGRAMS and _has_thumb(attachment):
        yield Say(
            reply=MiniProgramReply(
                app_id=attachment.ref,
                page=attachment.page,
                title=attachment.title,
                thumb_media_id=attachment.thumb,
            )
        )


def _has_thumb(attachment: Attachment) -> bool:
    return bool(attachment.thumb) and not is_url(attachment.thumb)
