"""Questions of a log for tests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from conversations.questions import Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining.questions import LoggedQuestion, Mark, MarkKind, QuestionKey

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def logged(
    text: str,
    reaction: Reaction = Reaction.REFUSED,
    *entries: str,
    marks: tuple[tuple[MarkKind, str], ...] = (),
    ago: timedelta = timedelta(),
    version: str | None = "v1",
    conversation: str = "official:gh_shop:wang",
) -> LoggedQuestion:
    return LoggedQuestion(
        key=QuestionKey(f"q{next(_numbers)}"),
        conversation_id=conversation,
        channel="official",
        text=text,
        reaction=reaction,
        rule="sure",
        probability=0.5,
        at=NOW - ago,
        entries=tuple(map(EntryId, entries)),
        version=version,
        marks=tuple(Mark(kind=kind, value=value, at=NOW) for kind, value in marks),
    )
