"""For whom an answer is meant: customers of one channel, of one segment, or of one segment on one channel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversations.address import Channel
from knowledge_base.errors import KnowledgeBaseError

MAX_SEGMENT = 50

CHANNEL_NAMES = {
    "公众号": Channel.OFFICIAL,
    "微信客服": Channel.KEFU,
    "企业微信": Channel.WECOM,
    "智能机器人": Channel.AIBOT,
    "终端": Channel.TERMINAL,
}
"""What editors call the channels."""

_ANY = "*"
_SEGMENT = re.compile(rf"[^\s/|@*,，\\{{}}]{{1,{MAX_SEGMENT}}}")


class AudienceUnreadable(KnowledgeBaseError):
    """A text does not name an audience; the message says what would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """``channel`` None: every channel; ``segment`` "": every customer. At least one of them is given.

    ``segment`` is a key that the shop chooses (vip, new), compared as it is written.
    """

    channel: Channel | None = None
    segment: str = ""

    @property
    def key(self) -> str:
        """``kefu``, ``kefu/vip`` or ``*/vip``; ``parse_audience`` reads it."""
        channel = self.channel.value if self.channel else _ANY
        return f"{channel}/{self.segment}" if self.segment else channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another answer for an audience."""

    audience: Audience
    answer: str


def parse_audience(text: str) -> Audience:
    """From ``kefu``, ``kefu/vip``, ``*/vip``, also with the channel's Chinese name; raises ``AudienceUnreadable``."""
    channel_name, slash, segment = text.strip().partition("/")
    channel_name, segment = channel_name.strip(), segment.strip()
    if slash and not _SEGMENT.fullmatch(segment):
        raise AudienceUnreadable(
            f"“{text}”里的客群应是 1 到 {MAX_SEGMENT} 个字，没有空格、斜线、竖线和花括号，例如 kefu/vip"
        )
    if channel_name == _ANY and segment:
        return Audience(segment=segment)
    return Audience(channel=_channel(text, channel_name), segment=segment)


def _channel(text: str, name: str) -> Channel:
    if name in CHANNEL_NAMES:
        return CHANNEL_NAMES[name]
    try:
        return Channel(name.lower())
    except ValueError:
        known = "、".join(Channel)
        raise AudienceUnreadable(
            f"“{text}”里没有认识的渠道，可用：{known}；只按客群区分时写 {_ANY}/客群"
        ) from None
