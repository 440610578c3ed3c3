"""The list of clusters: which are shown, and with which counts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.gaps.kept import KeptCluster
from console.paging import Page, page_of, page_sought
from knowledge_base.mining.questions import Missed

PAGE = 20
DAYS = (7, 30, 90)
DEFAULT_DAYS = 30
_DAY_MS = 24 * 3600 * 1000


class State(StrEnum):
    """Of a cluster. WRITTEN: at least half of its askings are word for word in the knowledge base by now."""

    WAITING = "waiting"
    WRITTEN = "written"
    DISMISSED = "dismissed"


STATE_TITLES: Mapping[State, str] = {
    State.WAITING: "等着处理",
    State.WRITTEN: "已写进知识库",
    State.DISMISSED: "不处理的",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """``reason`` None: any. ``number``: the page, from 1."""

    days: int = DEFAULT_DAYS
    reason: Missed | None = None
    state: State = State.WAITING
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A cluster as the list shows it: ``count`` askings and their ``reasons``, of the days that are shown."""

    cluster: KeptCluster
    count: int
    reasons: Mapping[Missed, int]
    last_ms: int


def sought_of(query: Mapping[str, str]) -> Sought:
    """From the address; what is not understood counts as the default."""
    days, reason, state = query.get("days", ""), query.get("reason", ""), query.get("state", "")
    return Sought(
        days=int(days) if days in set(map(str, DAYS)) else DEFAULT_DAYS,
        reason=Missed(reason) if reason in set(Missed) else None,
        state=State(state) if state in set(State) else State.WAITING,
        number=page_sought(query),
    )


def listing(
    clusters: Iterable[KeptCluster],
    sought: Sought,
    *,
    now_ms: int,
    held: Collection[str],
    dismissed: Collection[str],
) -> Page[Line]:
    """The most asked first. ``held``: prints of what the knowledge base has word for word; ``dismissed``: of what is
    left alone.
    """
    since = now_ms - sought.days * _DAY_MS
    lines = [
        line
        for cluster in clusters
        if state_of(cluster, held=held, dismissed=dismissed) is sought.state
        and (line := _line(cluster, since, sought.reason)) is not None
    ]
    lines.sort(key=lambda line: (-line.count, -line.last_ms, line.cluster.id))
    return page_of(lines, sought.number, size=PAGE)


def state_of(cluster: KeptCluster, *, held: Collection[str], dismissed: Collection[str]) -> State:
    """What is dismissed stays so when a few more ask it: half of the askings decide."""
    askings = len(cluster.askings)
    if 2 * sum(asking.print in dismissed for asking in cluster.askings) >= askings:
        return State.DISMISSED
    if 2 * sum(asking.print in held for asking in cluster.askings) >= askings:
        return State.WRITTEN
    return State.WAITING


def _line(cluster: KeptCluster, since_ms: int, reason: Missed | None) -> Line | None:
    within = [asking for asking in cluster.askings if asking.at_ms >= since_ms]
    if not any(reason is None or reason in asking.reasons for asking in within):
        return None
    reasons = Counter(each for asking in within for each in asking.reasons)
    return Line(
        cluster=cluster,
        count=len(within),
        reasons={each: reasons[each] for each in Missed if reasons[each]},
        last_ms=max(asking.at_ms for asking in within),
    )
