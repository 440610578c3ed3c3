"""The two steps of ``kb tune``: each trains something in a work folder and compares it with what is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.commands.kb_opening import embedders_of, policy_of, threads_of
from bot.commands.kb_output import Output
from knowledge_base.calibration import Calibration
from knowledge_base.editing.asking import KnownVectors
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.reranker.opening import open_reranker
from knowledge_base.rerankers import Rerankers
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.tuning.judging import Comparison, as_risky, compare, held_out_evidence
from knowledge_base.tuning.lessons import lessons
from knowledge_base.tuning.material import material, seen_entries
from knowledge_base.tuning.reranker_judging import RerankerComparison, compare_rerankers, held_out

_USUAL = 1_000_000
"""More phrasings than any entry has: the tier of the entries with the most."""

_JUDGING_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderAttempt:
    """What was made in the folder ``made``, and whether it shall be used. ``trained_on``: questions."""

    made: Path
    identity: str
    embedder: Embedder
    calibration: Calibration
    trained_on: int
    comparison: Comparison
    used: bool

    def as_json(self) -> dict[str, object]:
        return _as_json(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerAttempt:
    """As ``EmbedderAttempt``."""

    made: Path
    identity: str
    trained_on: int
    comparison: RerankerComparison
    used: bool

    def as_json(self) -> dict[str, object]:
        return _as_json(self)


@dataclass(slots=True, kw_only=True)
class Attempts:
    """None: was not tried."""

    embedder: EmbedderAttempt | None = None
    reranker: RerankerAttempt | None = None

    @property
    def any_used(self) -> bool:
        return any(attempt.used for attempt in (self.embedder, self.reranker) if attempt)


def try_embedder(
    settings: KnowledgeBaseSettings,
    entries: Sequence[Entry],
    labels: Sequence[LabelledQuestion],
    folder: Path,
    output: Output,
    *,
    forced: bool,
) -> EmbedderAttempt:
    """``forced``: use it though it is no better. Raises ``KnowledgeBaseError`` when there is too little to train on."""
    # Imports torch, which takes seconds and which no other command needs.
    from knowledge_base.tuning import tuning  # noqa: PLC0415

    embedders, found = embedders_of(settings), material(entries, labels)
    made = folder / "embedder"
    with output.progress(f"训练（{found.texts} 个问法）") as progress:
        identity = tuning.tune(found, made, lambda step, steps, loss: progress(step, steps))
    tuned, live = open_embedder(str(made), threads=settings.threads), embedders.in_use()
    with output.progress("比较") as progress:
        progress(0, 2)
        in_use = embedders.calibration(live)
        before = held_out_evidence(entries, labels, live, in_use)
        progress(1, 2)
        after = held_out_evidence(entries, labels, tuned, in_use)
        progress(2, 2)
    own = as_risky(in_use, before, after)
    bound = settings.max_wrong_rate
    cut_offs = (in_use.tier(_USUAL).cut_off(bound), own.tier(_USUAL).cut_off(bound))
    comparison = compare(before, after, cut_offs)
    return EmbedderAttempt(
        made=made,
        identity=identity,
        embedder=tuned,
        calibration=own,
        trained_on=found.texts,
        comparison=comparison,
        used=comparison.better or forced,
    )


def try_reranker(
    settings: KnowledgeBaseSettings,
    entries: Sequence[Entry],
    labels: Sequence[LabelledQuestion],
    folder: Path,
    output: Output,
    *,
    forced: bool,
    tuned: EmbedderAttempt | None,
    seconds: float,
) -> RerankerAttempt:
    """``tuned``: the embedder that is used from now on, where it is another; ``seconds``: most that training takes.

    Always begins with the configured reranker: tuning again does not pile up. Raises ``KnowledgeBaseError`` when there
    is too little to train on, ``RerankerUnavailable`` when the configured one cannot be opened.
    """
    from knowledge_base.tuning import reranker_training  # noqa: PLC0415 - torch, as above

    embedders, rerankers = embedders_of(settings), Rerankers(settings, threads=threads_of(settings))
    chosen = tuned.embedder if tuned else embedders.in_use()
    calibration = tuned.calibration if tuned else embedders.calibration(chosen)
    # Three indexes hold much the same phrasings.
    embedder = KnownVectors(chosen)
    threads = threads_of(settings)
    made, recipe = folder / "reranker", replace(reranker_training.RECIPE, seconds=seconds)
    with output.progress("找相近的问答") as progress:
        found = lessons(
            seen_entries(entries, labels), embedder, answers=settings.answers_searched, progress=progress
        )
    with output.progress(f"训练重排模型（{len(found)} 个问法）") as progress:
        identity = reranker_training.tune_reranker(
            settings.reranker,
            found,
            made,
            recipe,
            lambda step, steps, loss: progress(step, steps),
            threads=threads,
        )
    after = rerankers.stage_of(open_reranker(str(made), threads=threads))
    before = rerankers.second_stage(rerankers.in_use())
    with output.progress("比较重排模型") as progress:
        comparison = compare_rerankers(
            held_out(entries, labels, embedder),
            before,
            after,
            replace(policy_of(settings), calibration=calibration),
            seconds=_JUDGING_S,
            progress=progress,
        )
    return RerankerAttempt(
        made=made,
        identity=identity,
        trained_on=len(found),
        comparison=comparison,
        used=comparison.better or forced,
    )


def _as_json(attempt: EmbedderAttempt | RerankerAttempt) -> dict[str, object]:
    comparison = attempt.comparison
    return {
        "trained_on": attempt.trained_on,
        "used": attempt.used,
        "better": comparison.better,
        **asdict(comparison),
    }
