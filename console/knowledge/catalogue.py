"""The list of entries: what is searched, filtered and shown on one page of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from console.paging import Page, page_of, page_sought
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Unserved, why_unserved

PAGE = 30


class State(StrEnum):
    """Of an entry today; DRAFT: somebody has unpublished changes of it."""

    SERVED = "served"
    DISABLED = "disabled"
    NOT_YET = "not_yet"
    OVER = "over"
    DRAFT = "draft"


STATE_TITLES: Mapping[State, str] = {
    State.SERVED: "使用中",
    State.DISABLED: "已停用",
    State.NOT_YET: "还没到日期",
    State.OVER: "已过期",
    State.DRAFT: "有草稿",
}

_UNSERVED: Mapping[Unserved | None, State] = {
    None: State.SERVED,
    Unserved.DISABLED: State.DISABLED,
    Unserved.NOT_YET: State.NOT_YET,
    Unserved.OVER: State.OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """``text``: words that must all be there; "" and None: any. ``number``: the page, from 1."""

    text: str = ""
    category: str = ""
    state: State | None = None
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    entry: Entry
    state: State
    drafted: bool


def sought_of(query: Mapping[str, str]) -> Sought:
    """From the address; what is not understood counts as any."""
    state = query.get("state", "")
    return Sought(
        text=query.get("q", "").strip()[:200],
        category=query.get("category", "").strip()[:50],
        state=State(state) if state in set(State) else None,
        number=page_sought(query),
    )


def listing(
    entries: Iterable[Entry], sought: Sought, *, today: date, drafted: Collection[EntryId]
) -> Page[Line]:
    """The entries that are sought, in their order."""
    words = sought.text.casefold().split()
    lines = []
    for entry in entries:
        line = Line(entry=entry, state=state_of(entry, today), drafted=entry.id in drafted)
        if sought.category and entry.category != sought.category:
            continue
        if sought.state is State.DRAFT and not line.drafted:
            continue
        if sought.state not in (None, State.DRAFT, line.state):
            continue
        if words and not _holds(entry, words):
            continue
        lines.append(line)
    return page_of(lines, sought.number, size=PAGE)


def state_of(entry: Entry, today: date) -> State:
    return _UNSERVED[why_unserved(entry, today)]


def categories_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Every category once, in the order in which the entries bring them."""
    return tuple(dict.fromkeys(entry.category for entry in entries if entry.category))


def _holds(entry: Entry, words: Sequence[str]) -> bool:
    parts = (entry.id, entry.answer, entry.note, *entry.phrasings, *(each.answer for each in entry.variants))
    text = "\n".join(parts).casefold()
    return all(word in text for word in words)
