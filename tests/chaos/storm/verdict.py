"""What the evidence says: every question counted once, and whatever should not be. Pure.

A question ends in exactly one of these ways:

- **answered**: the right answer is on the customer's phone;
- **never received**: the 公众号's platform got no acknowledgement in three attempts and told the customer so;
- **left to a person**: its turn found people in the conversation (a fact says so), or its reply was *withheld*
  because people had come in between. Customers whose session people had, only;
- **deferred**: nothing more may be said before the customer's next word. Those customers only, too: everybody else
  is given a next word, so there it must not be the end;
- **dead**, with the reason on the dead list. Of a person's customers only: for the others the storm's own person reads
  the list, looks at the phone and sends again what is not there.

Anything else is lost. Doubled: 微信客服 never; at the 公众号 each copy but one has a record of its own of an unknown
outcome. Order: at 微信客服 as the customer wrote; at the 公众号 as messages arrived, without questions whose callback
had to be repeated and replies that a person sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.storm.evidence import Evidence, Reply
from tests.chaos.storm.plan import Platform

ABOUT_PEOPLE = frozenset(
    {"kefu-send-refused-state", "kefu-illegal-change", "kefu-code-state", "kefu-code-refused"}
)
"""Refused by the platform, and harmless: the session moved between the bot's look and its word. Counted, not wrong."""
COUNTED_EXACTLY = frozenset({"possible-double"})
"""The platform's guess at what is counted exactly here."""
OVER_QUOTA = frozenset({"over-quota", "outside-window", "kefu-over-quota", "kefu-late-send"})


class End(StrEnum):
    ANSWERED = "answered"
    NEVER_RECEIVED = "never received"
    LEFT = "left to a person"
    WITHHELD = "withheld"
    DEFERRED = "deferred"
    DEAD = "dead"
    LOST = "lost"


_OF_PEOPLE = frozenset({End.LEFT, End.WITHHELD, End.DEFERRED, End.DEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``ends`` counts questions; the rest are sentences, empty where all is well, or counts of what is allowed."""

    ends: Mapping[End, int]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    out_of_order: tuple[str, ...]
    over_people: tuple[str, ...]
    over_quota: Mapping[str, int]
    other: tuple[str, ...]
    said_twice_on_record: tuple[str, ...]
    refused_about_people: Mapping[str, int]

    @property
    def problems(self) -> tuple[str, ...]:
        quota = tuple(f"{count} × {code}" for code, count in self.over_quota.items())
        return (
            *self.lost,
            *self.doubled,
            *self.out_of_order,
            *self.over_people,
            *quota,
            *self.other,
        )


def judge(evidence: Evidence) -> Verdict:
    ends = {number: _end(evidence, number) for number in evidence.asked}
    heard = _heard(evidence)
    return Verdict(
        ends=Counter(ends.values()),
        lost=tuple(_lost(evidence, ends)),
        doubled=tuple(_doubled(evidence, heard)),
        out_of_order=tuple(_out_of_order(evidence)),
        over_people=tuple(f"said to a person's customer: {line}" for line in evidence.over_people),
        over_quota={code: count for code, count in evidence.violations.items() if code in OVER_QUOTA},
        other=tuple(_other(evidence)),
        said_twice_on_record=tuple(sorted(number for number, count in heard.items() if count > 1)),
        refused_about_people={
            code: count for code, count in evidence.violations.items() if code in ABOUT_PEOPLE
        },
    )


def _end(evidence: Evidence, number: str) -> End:
    if number in evidence.phones[evidence.asked[number].says.customer.name].heard:
        return End.ANSWERED
    if number in evidence.gave_up:
        return End.NEVER_RECEIVED
    replies = evidence.replies.get(number, ())
    if replies:
        return _end_of_reply(replies[0])
    if any(row.left_to_person for row in evidence.kept.get(number, ())):
        return End.LEFT
    return End.LOST


def _end_of_reply(reply: Reply) -> End:
    """Of a reply that is on no phone."""
    match reply.state:
        case "withheld":
            return End.WITHHELD
        case "deferred" if reply.reason:
            return End.DEFERRED
        case "dead" if reply.reason:
            return End.DEAD
        case _:
            return End.LOST


def _lost(evidence: Evidence, ends: Mapping[str, End]) -> Iterator[str]:
    for number, end in ends.items():
        customer, rows = evidence.asked[number].says.customer, evidence.kept.get(number, ())
        if len(rows) > 1 or (not rows and number not in evidence.gave_up):
            yield f"{number} of {customer.name} is in the inbox {len(rows)} times"
        if end is End.LOST or (end in _OF_PEOPLE and customer.name not in evidence.touched):
            yield f"{number} of {customer.name}: {end}; inbox {rows}, outbox {evidence.replies.get(number)}"


def _heard(evidence: Evidence) -> Counter[str]:
    return Counter(number for phone in evidence.phones.values() for number in phone.heard)


def _doubled(evidence: Evidence, heard: Mapping[str, int]) -> Iterator[str]:
    for number, count in heard.items():
        if number not in evidence.asked:
            continue
        official = evidence.asked[number].says.customer.platform is Platform.OFFICIAL
        rows = evidence.replies.get(number, ())
        allowed = sum(reply.unknowns for reply in rows) if official else 0
        if count - 1 > allowed:
            yield f"{number} was answered {count} times, with {allowed} outcomes on record as unknown: {rows}"


def _out_of_order(evidence: Evidence) -> Iterator[str]:
    """Of what is heard twice the first counts."""
    platforms = {item.says.customer.name: item.says.customer.platform for item in evidence.asked.values()}
    for name, phone in evidence.phones.items():
        heard = [number for number in dict.fromkeys(phone.heard) if number not in evidence.replayed]
        if platforms.get(name) is Platform.OFFICIAL:
            heard = [number for number in heard if number not in evidence.repeated]
            right = sorted(heard, key=lambda number: _arrival(evidence, number))
        else:
            right = [number for number in phone.said if number in heard]
        if heard != right:
            yield f"{name} heard {heard}, the order was {right}"


def _arrival(evidence: Evidence, number: str) -> int:
    return min((row.id for row in evidence.kept.get(number, ())), default=0)


def _other(evidence: Evidence) -> Iterator[str]:
    for number in {number for phone in evidence.phones.values() for number in phone.heard}:
        if number not in evidence.asked:
            yield f"{number} was answered and never asked"
    for code, count in evidence.violations.items():
        if code not in ABOUT_PEOPLE | COUNTED_EXACTLY | OVER_QUOTA:
            yield f"{count} × {code}"
    yield from evidence.unsettled
