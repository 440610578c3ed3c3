"""The ratios that shops are judged by, reckoned apart from the code that makes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conversations.address import ConversationId
from escalation.hours import ALWAYS
from escalation.levels import Levels, Served, by_agent, levels_of
from escalation.service import Ending
from escalation.settings import DeskSettings

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Beijing
LATER = START + timedelta(days=2)


def served(name: str, claimed: float | None, replied: float | None, **more: object) -> Served:
    """``claimed`` and ``replied``: seconds after the customer joined the queue."""
    made = Served(
        conversation_id=ConversationId(f"official:gh:{name}"),
        opened_at=START,
        vip=False,
        own="",
        tier=None,
        agent="lin" if claimed is not None else None,
        queued_at=START,
        claimed_at=None if claimed is None else START + timedelta(seconds=claimed),
        replied_at=None if replied is None else START + timedelta(seconds=replied),
        ended_at=START + timedelta(hours=1),
        ending=Ending.SOLVED,
        asked=False,
        score=None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def names(levels: Levels, promise: str) -> list[str]:
    return [each.rpartition(":")[2] for each in getattr(levels, promise).broken]


def test_shares_waits_and_whose_promises_were_broken() -> None:
    levels = levels_of(
        [
            served("quick", 5, 20),
            served("edge", 30, 180),
            served("slow", 31, 181),
            served("slowest", 600, 900),
        ],
        ALWAYS,
        LATER,
    )
    assert (levels.services, levels.answer.of, levels.answer.share) == (4, 4, 0.5)
    assert names(levels, "answer") == names(levels, "first_reply") == ["slowest", "slow"]
    assert (levels.answer.median_wait, levels.answer.slow_wait) == (
        timedelta(seconds=30.5),
        timedelta(seconds=600),
    )


def test_who_left_before_anybody_came_counts_only_if_it_took_too_long() -> None:
    gone = served("gone", None, None, ending=Ending.CALLED_OFF)
    ignored = served("ignored", None, None, ending=Ending.SILENT)
    levels = levels_of([gone, ignored], ALWAYS, LATER)

    assert names(levels, "answer") == ["ignored"]
    assert levels.endings == {Ending.CALLED_OFF: 1, Ending.SILENT: 1}


def test_hours_in_which_nobody_is_there_do_not_count() -> None:
    hours = DeskSettings.model_validate(
        {"hours": {"mon": ["9:00-10:00"], "tue": ["9:00-18:00"]}}
    ).service_hours()
    overnight = timedelta(hours=23).total_seconds()
    levels = levels_of([served("night", overnight + 20, overnight + 60)], hours, LATER)

    assert (levels.answer.share, levels.first_reply.share) == (1.0, 1.0)
    assert levels.answer.median_wait == timedelta(seconds=20)


def test_who_still_waits_is_counted_once_it_took_too_long() -> None:
    waiting = served("waiting", None, None, ended_at=None, ending=None)
    early = levels_of([waiting], ALWAYS, START + timedelta(seconds=29))
    late = levels_of([waiting], ALWAYS, START + timedelta(seconds=31))

    assert (early.answer.of, early.answer.share) == (0, None)
    assert (late.answer.of, late.answer.share) == (1, 0.0)
    later = replace(waiting, queued_at=None)
    assert levels_of([later], ALWAYS, LATER).answer.of == 0


def test_satisfaction_is_of_those_who_said_so() -> None:
    scores = [5, 5, 3, 1, None]
    levels = levels_of(
        [served(f"c{n}", 1, 2, asked=True, score=score) for n, score in enumerate(scores)]
        + [served("unasked", 1, 2)],
        ALWAYS,
        LATER,
    )
    assert (levels.asked, levels.scores, levels.scored, levels.content) == (5, 4, 0.8, 0.5)
    assert [each.rpartition(":")[2] for each in levels.discontent] == ["c3"]
    assert levels_of([], ALWAYS, LATER).content is None


def test_by_agent_the_busiest_first() -> None:
    several = [served("a", 1, 2), served("b", 1, 2), served("c", 1, 2, agent="mei"), served("d", None, None)]
    assert [(agent, levels.services) for agent, levels in by_agent(several, ALWAYS, LATER)] == [
        ("lin", 2),
        ("mei", 1),
    ]


def test_who_recommends_and_who_advises_against_it() -> None:
    levels = levels_of(
        [
            served("glad", 5, 20, recommends=10),
            served("so_so", 5, 20, recommends=8),
            served("sorry", 5, 20, recommends=6),
            served("silent", 5, 20),
        ],
        ALWAYS,
        LATER,
    )
    assert (levels.recommends, levels.recommending) == (0, 3)
    assert [each.rpartition(":")[2] for each in levels.advise_against] == ["sorry"]
