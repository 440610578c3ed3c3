"""Single questions of the log with the label that counts for each, a page at a time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.questions import Reaction
from knowledge_base.mining.label_store import stored_labels
from knowledge_base.mining.labels import Label, labels_that_count
from knowledge_base.mining.questions import LoggedQuestion
from knowledge_base.mining.store import answered_numbers, question_number, questions_below

PAGE = 20
_AT_ONCE = 200
_MOST_LOOKED_AT = 4000
_SAMPLE = 10
_SAMPLE_DAYS = 30


class Shown(StrEnum):
    """Which questions. SAMPLE: some answered ones of the last month without a label, drawn by chance."""

    UNLABELLED = "unlabelled"
    LABELLED = "labelled"
    ALL = "all"
    SAMPLE = "sample"


SHOWN_TITLES: Mapping[Shown, str] = {
    Shown.UNLABELLED: "还没标的",
    Shown.LABELLED: "标过的",
    Shown.ALL: "全部",
    Shown.SAMPLE: "随机抽查",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """``below``: the number of the last question of the page before; None: the first page."""

    shown: Shown = Shown.UNLABELLED
    reaction: Reaction | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsed:
    """A question under its number, with the label that counts, of all that people gave to its text."""

    number: int
    question: LoggedQuestion
    label: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowsedPage:
    """``older``: what the next page is below of; None: there is nothing older."""

    lines: tuple[Browsed, ...]
    older: int | None


def sought_of(query: Mapping[str, str]) -> Sought:
    """From the address; what is not understood counts as the default."""
    shown, reaction, below = (query.get(name, "") for name in ("shown", "reaction", "below"))
    return Sought(
        shown=Shown(shown) if shown in set(Shown) else Shown.UNLABELLED,
        reaction=Reaction(reaction) if reaction in set(Reaction) else None,
        below=int(below) if below.isascii() and below.isdigit() and len(below) < 16 else None,
    )


async def browse(connection: AsyncConnection, sought: Sought, *, now: datetime) -> BrowsedPage:
    """The newest first. Of a long log with few that fit, only a part is looked at for one page."""
    labels = labels_that_count(await stored_labels(connection))
    if sought.shown is Shown.SAMPLE:
        return await _sample(connection, labels, now)
    lines: list[Browsed] = []
    below, looked_at = sought.below, 0
    while len(lines) < PAGE and looked_at < _MOST_LOOKED_AT:
        rows = await questions_below(connection, below, limit=_AT_ONCE, reaction=sought.reaction)
        if not rows:
            return BrowsedPage(lines=tuple(lines), older=None)
        for number, question in rows:
            below, looked_at = number, looked_at + 1
            label = labels.get(question.exact_key)
            if _fits(sought.shown, question, label):
                lines.append(Browsed(number=number, question=question, label=label))
            if len(lines) == PAGE:
                break
    return BrowsedPage(lines=tuple(lines), older=below)


async def browsed(connection: AsyncConnection, number: int) -> Browsed | None:
    question = await question_number(connection, number)
    if question is None:
        return None
    label = labels_that_count(await stored_labels(connection)).get(question.exact_key)
    return Browsed(number=number, question=question, label=label)


def _fits(shown: Shown, question: LoggedQuestion, label: Label | None) -> bool:
    match shown:
        case Shown.ALL:
            return True
        case Shown.LABELLED:
            return label is not None
        case _:
            return label is None and not question.leans


async def _sample(connection: AsyncConnection, labels: Mapping[str, Label], now: datetime) -> BrowsedPage:
    """By chance, so that their labels say something about all answers."""
    numbers = list(await answered_numbers(connection, now - timedelta(days=_SAMPLE_DAYS)))
    random.shuffle(numbers)
    lines: dict[str, Browsed] = {}
    for number in numbers[: 20 * _SAMPLE]:
        question = await question_number(connection, number)
        if question is None or question.leans or question.exact_key in {*labels, *lines}:
            continue
        lines[question.exact_key] = Browsed(number=number, question=question, label=None)
        if len(lines) == _SAMPLE:
            break
    return BrowsedPage(lines=tuple(lines.values()), older=None)
