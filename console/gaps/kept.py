"""What mining found, kept in files so that every process of the console can show it.

Only keys of questions are kept, no texts: a question that is removed from the log is gone here too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge_base.entries import replace_file
from knowledge_base.entry import EntryId
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.dismissals import print_of_key
from knowledge_base.mining.gathering import AskedAlike, bare, gather
from knowledge_base.mining.miner import Mined
from knowledge_base.mining.questions import LoggedQuestion, Missed, QuestionKey
from knowledge_base.mining.suggesting import Advice, Suggestion
from storage.times import to_ms


@dataclass(frozen=True, kw_only=True)
class KeptAsking:
    """One question of a cluster. ``print``: of its text."""

    key: QuestionKey
    print: str
    at_ms: int
    reasons: tuple[Missed, ...]


@dataclass(frozen=True, kw_only=True)
class KeptCluster:
    """``askings``: those of the most central question first; ``examples``: keys of questions with those texts."""

    id: str
    askings: tuple[KeptAsking, ...]
    examples: tuple[QuestionKey, ...]
    advice: Advice
    nearest: EntryId | None
    support: float

    @cached_property
    def prints(self) -> tuple[str, ...]:
        """Of its different questions, the most central first."""
        return tuple(dict.fromkeys(asking.print for asking in self.askings))

    @property
    def keys(self) -> tuple[QuestionKey, ...]:
        return tuple(asking.key for asking in self.askings)


@dataclass(frozen=True, kw_only=True)
class KeptMined:
    """``at_ms``: when; the log was read from ``since_ms`` on. The counts are those of ``Mined``; ``open``: the keys of
    every question that is still missed.
    """

    at_ms: int
    since_ms: int
    clusters: tuple[KeptCluster, ...]
    open: tuple[QuestionKey, ...]
    logged: int
    missed: int
    distinct: int
    left_out: int
    solved: int
    single: int

    def cluster(self, cluster_id: str) -> KeptCluster | None:
        return next((cluster for cluster in self.clusters if cluster.id == cluster_id), None)


class MinedFile:
    """``<folder>/found.json``: the last that was found. Blocking; read anew when the file changed only."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "found.json"
        self._read: tuple[float, KeptMined] | None = None

    def put(self, mined: KeptMined) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, json.dumps(asdict(mined), ensure_ascii=False))

    def get(self) -> KeptMined | None:
        """None before anything was found."""
        try:
            changed = self._path.stat().st_mtime
            if self._read is None or self._read[0] != changed:
                self._read = (changed, _mined(json.loads(self._path.read_text("utf-8"))))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return self._read[1]


def kept(mined: Mined, *, at_ms: int, since_ms: int) -> KeptMined:
    return KeptMined(
        at_ms=at_ms,
        since_ms=since_ms,
        clusters=tuple(map(_kept_cluster, mined.clusters)),
        open=tuple(question.key for alike in mined.open for question in alike.questions),
        logged=mined.logged,
        missed=mined.missed,
        distinct=mined.distinct,
        left_out=mined.left_out,
        solved=mined.solved,
        single=mined.single,
    )


def restored(cluster: KeptCluster, found: Mapping[QuestionKey, LoggedQuestion]) -> Cluster | None:
    """The cluster with its questions; without those that are gone from the log, None when all of them are."""
    prints: dict[str, list[LoggedQuestion]] = {}
    for asking in cluster.askings:
        if asking.key in found:
            prints.setdefault(asking.print, []).append(found[asking.key])
    members = tuple(alike for questions in prints.values() for alike in gather(questions).alike)
    if not members:
        return None
    return Cluster(
        members=members,
        examples=tuple(bare(found[key].text) for key in cluster.examples if key in found),
        suggestion=Suggestion(advice=cluster.advice, nearest=cluster.nearest, support=cluster.support),
    )


def still_open(mined: KeptMined, found: Mapping[QuestionKey, LoggedQuestion]) -> tuple[AskedAlike, ...]:
    """What is still missed, with its questions."""
    return gather(found[key] for key in mined.open if key in found).alike


def _kept_cluster(cluster: Cluster) -> KeptCluster:
    spoken = {bare(question.text): question.key for question in cluster.questions}
    return KeptCluster(
        id=cluster.id,
        askings=tuple(
            KeptAsking(
                key=question.key,
                print=print_of_key(member.key),
                at_ms=to_ms(question.at),
                reasons=question.missed,
            )
            for member in cluster.members
            for question in member.questions
        ),
        examples=tuple(spoken[text] for text in cluster.examples),
        advice=cluster.suggestion.advice,
        nearest=cluster.suggestion.nearest,
        support=cluster.suggestion.support,
    )


def _mined(raw: Mapping[str, Any]) -> KeptMined:
    clusters = tuple(map(_cluster, raw["clusters"]))
    return KeptMined(**{**raw, "clusters": clusters, "open": tuple(raw["open"])})


def _cluster(raw: Mapping[str, Any]) -> KeptCluster:
    askings: Sequence[Mapping[str, Any]] = raw["askings"]
    return KeptCluster(
        **{
            **raw,
            "askings": tuple(
                KeptAsking(**{**each, "reasons": tuple(map(Missed, each["reasons"]))}) for each in askings
            ),
            "examples": tuple(raw["examples"]),
            "advice": Advice(raw["advice"]),
        }
    )
