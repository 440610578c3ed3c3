"""Questions that mean the same and are not served: what mining finds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from knowledge_base.mining.gathering import AskedAlike
from knowledge_base.mining.questions import LoggedQuestion, Missed
from knowledge_base.mining.suggesting import Suggestion

ClusterId = NewType("ClusterId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """``members``: the most central first; ``examples``: the most central question, then those least like it.

    The id is made from the members, so mining the same log again finds the cluster under the same id.
    """

    members: tuple[AskedAlike, ...]
    examples: tuple[str, ...]
    suggestion: Suggestion

    @property
    def id(self) -> ClusterId:
        keys = "\n".join(sorted(member.key for member in self.members))
        return ClusterId(hashlib.sha256(keys.encode()).hexdigest()[:12])

    @property
    def question(self) -> str:
        """The most central question."""
        return self.members[0].text

    @property
    def count(self) -> int:
        """How often any of them was asked."""
        return sum(member.count for member in self.members)

    @property
    def reasons(self) -> Mapping[Missed, int]:
        """How many were missed for each reason; a question may have several."""
        found = Counter(dict.fromkeys(Missed, 0))
        for member in self.members:
            found.update(member.reasons)
        return {reason: count for reason, count in found.items() if count}

    @property
    def questions(self) -> tuple[LoggedQuestion, ...]:
        return tuple(question for member in self.members for question in member.questions)


def halves(
    members: Sequence[AskedAlike],
) -> tuple[tuple[AskedAlike, ...], tuple[AskedAlike, ...]]:
    """One half to take phrasings from, the other to try them on; the most central question is in the first.

    Which goes where is decided by a hash of the text: nobody chooses, and it is the same each time.
    """
    first, *others = members
    drawn = sorted(others, key=lambda member: hashlib.sha256(member.key.encode()).digest())
    return (first, *drawn[1::2]), tuple(drawn[0::2])
