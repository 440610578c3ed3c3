"""What customers said of a person's service, by what it is about."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from console.desk.lines import names_of_agents
from console.desk.words import REASONS
from console.levels.screen import PERIODS, USUAL, LevelsDesk, period_of
from console.masking import mask_text
from console.web.rendering import page
from console.web.visit import Visit
from conversations.privacy import customer_tag
from conversations.ratings import SCORES
from escalation.comments import Comment, comments_between, counted
from escalation.survey import PASSIVE
from storage.times import to_ms

MOST = 300


class CommentsScreen:
    def __init__(self, desk: LevelsDesk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        """``?period=week&topic=物流``; all topics without."""
        period = period_of(visit.request.query.get("period", USUAL), self._desk.now())
        topic = visit.request.query.get("topic", "")
        async with self._desk.database.reading() as connection:
            comments = await comments_between(connection, period.start, period.end)
            names = await names_of_agents(connection)
        shown = [each for each in comments if not topic or topic in each.topics]
        return await page(
            visit,
            "levels/comments.html",
            period=period,
            periods=[(name, title) for name, (title, _) in PERIODS.items()],
            topic=topic,
            topics=counted(comments),
            all=len(comments),
            left_out=max(0, len(shown) - MOST),
            comments=[_line(each, names) for each in shown[:MOST]],
        )


def _line(comment: Comment, names: dict[str, str]) -> dict[str, object]:
    given = f"推荐 {comment.recommends}/10" if comment.recommends is not None else ""
    return {
        "text": mask_text(comment.text),
        "given": SCORES.get(comment.score, "") if comment.score is not None else given,
        "bad": comment.score == 1 or (comment.recommends is not None and comment.recommends < PASSIVE),
        "topics": comment.topics,
        "agent": names.get(comment.agent or "", comment.agent or ""),
        "reason": "" if comment.reason is None else REASONS[comment.reason],
        "entry": comment.entry,
        "at": to_ms(comment.at),
        "who": customer_tag(comment.conversation_id),
        "path": f"/desk/{quote(comment.conversation_id, safe='')}",
    }
