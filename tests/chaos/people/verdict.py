"""What must hold: the bot is silent while people have a conversation, nobody is lost, and everybody has one owner."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conversations.ownership import Owner
from escalation.service import ServiceState
from tests.chaos.people.agents import Owned

PLATFORMS_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
"""What 公众号 say by themselves to customers whose message nobody takes: not our words."""

SHOULD_BE = {
    Owner.AGENT: (ServiceState.SERVING,),
    Owner.QUEUE: (ServiceState.WAITING,),
    Owner.BOT: (None, ServiceState.LATER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One conversation at one moment: its owner, and the services under way."""

    conversation: str
    owner: Owner
    agent: str | None
    services: tuple[tuple[ServiceState, str | None], ...]

    @property
    def problem(self) -> str | None:
        if len(self.services) > 1:
            return f"{self.conversation}: {len(self.services)} services at once"
        state, agent = self.services[0] if self.services else (None, None)
        if state not in SHOULD_BE[self.owner]:
            return f"{self.conversation}: owned by {self.owner} with a service that is {state}"
        if self.owner is Owner.AGENT and agent != self.agent:
            return f"{self.conversation}: owned by {self.agent}, served by {agent}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a customer heard: when the platform got it (real milliseconds)."""

    at_ms: int
    text: str


@dataclass(kw_only=True)
class Verdict:
    problems: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def spoken_over(heard: Mapping[str, Sequence[Line]], owned: Mapping[str, Sequence[Owned]]) -> list[str]:
    """Lines of the bot that arrived while people surely had the conversation."""
    found = []
    for conversation, lines in heard.items():
        for line, span in itertools.product(lines, owned.get(conversation, ())):
            until = span.until_ms
            if line.text.startswith("人工") or line.text == PLATFORMS_NOTICE or line.at_ms <= span.since_ms:
                continue
            if until is None or line.at_ms < until:
                found.append(
                    f"{conversation}: {line.text[:20]!r} {line.at_ms - span.since_ms} ms after a claim"
                )
    return found


def out_of_order(heard: Mapping[str, Sequence[Line]], said: Mapping[str, Sequence[str]]) -> list[str]:
    """Conversations in which people's words did not arrive in the order in which they were written."""
    found = []
    for conversation, written in said.items():
        place = {text: number for number, text in enumerate(written)}
        arrived = [place[line.text] for line in heard.get(conversation, ()) if line.text in place]
        first = list(dict.fromkeys(arrived))
        if first != sorted(first):
            found.append(conversation)
    return found


def doubled(heard: Mapping[str, Sequence[Line]]) -> int:
    """How many of people's words arrived more than once (a platform without idempotency; see decision 3)."""
    counts = Counter(
        (conversation, line.text)
        for conversation, lines in heard.items()
        for line in lines
        if line.text.startswith("人工")
    )
    return sum(count - 1 for count in counts.values())
