"""The card that tells members of the shop that a customer waits (WeCom 90236, button_interaction). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.address import Address, Channel
from conversations.replies import CardReply
from customers.profile.names import SEGMENTS
from customers.profile.profile import Profile, Segment
from escalation.cases import Case, CaseKey
from handlers.case_texts import REASONS, channel_name, clock_time, waited
from handlers.privacy import customer_tag, without_personal_data

_TAKE = "case.take:"
_SKIP = "case.skip:"
_SOURCE = "店小二"
_TITLE = "有顾客在等人工"
_LONGEST_VALUE = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A tap on one of our cards: ``takes`` the case, or leaves it to others."""

    case: CaseKey
    takes: bool


def member_addresses(members: Iterable[str], *, agent_id: int) -> tuple[Address, ...]:
    """Where the cards go: each member in the WeCom app."""
    return tuple(Address(channel=Channel.WECOM, account=str(agent_id), peer=member) for member in members)


def cards_for(
    case: Case, members: Sequence[Address], now: datetime, profile: Profile | None = None
) -> list[tuple[Address, CardReply]]:
    """One card for each member: always the same for a case and a member, but for how long the customer has waited.

    ``profile``: what is known of the customer; who matters most is told on the card.
    """
    card = _card(case, now, profile)
    return [(member, CardReply(task_id=_task_id(case, member), card=card)) for member in members]


def tap_of(key: str) -> Tap | None:
    """What the tapped button's key says; None when the card is not ours."""
    for prefix, takes in ((_TAKE, True), (_SKIP, False)):
        if key.startswith(prefix):
            return Tap(case=CaseKey(key.removeprefix(prefix)), takes=takes)
    return None


def _task_id(case: Case, member: Address) -> str:
    """Unique per app, so every member's card has its own; letters, digits and dashes only, at most 128."""
    told = f"{case.key}\n{member.conversation_id}"
    return f"case-{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _card(case: Case, now: datetime, profile: Profile | None) -> dict[str, object]:
    since = f"{clock_time(case.opened_at, now)} 起"
    minutes = now - case.opened_at
    time = since if minutes.total_seconds() < 60 else f"{since}，{waited(minutes, '已 ')}"
    return {
        "card_type": "button_interaction",
        "source": {"desc": _SOURCE},
        "main_title": {
            "title": _TITLE,
            "desc": f"{channel_name(case)} · {customer_tag(case.conversation_id)}",
        },
        "sub_title_text": f"“{without_personal_data(case.summary)}”",
        "horizontal_content_list": [
            {"keyname": "原因", "value": REASONS[case.reason]},
            {"keyname": "等待", "value": time},
            *_customer(profile),
        ],
        "button_list": [
            {"text": "接入", "style": 1, "key": f"{_TAKE}{case.key}"},
            {"text": "忽略", "style": 2, "key": f"{_SKIP}{case.key}"},
        ],
    }


def _customer(profile: Profile | None) -> list[dict[str, str]]:
    """The segment and the first tags; the platform shows 26 characters of a value (WeCom 90236)."""
    if profile is None or not (profile.tags or profile.segment is not Segment.ORDINARY):
        return []
    tags = "、".join(tag.name for tag in profile.tags)
    value = " · ".join(filter(None, (SEGMENTS[profile.segment], tags)))
    if len(value) > _LONGEST_VALUE:
        value = value[: _LONGEST_VALUE - 1] + "…"
    return [{"keyname": "顾客", "value": value}]
