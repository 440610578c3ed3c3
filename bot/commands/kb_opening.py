"""What the ``kb`` commands share: options, and opening what the configuration names."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.kb_output import Output
from bot.config import load_settings
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.editing.labels import read_labels
from knowledge_base.editing.trial import LabelledQuestion, Trial
from knowledge_base.editing.trying import Trials, index_in_use
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.serving import day_in_china
from knowledge_base.settings import KnowledgeBaseSettings

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ImportFiles = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="csv, xlsx, jsonl or yaml.")
]
Who = Annotated[str | None, typer.Option("--who", help="Whose change it is; default: who runs the command.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the revision.")]
GateOption = Annotated[
    bool, typer.Option("--gate", help="Try it first; what loses questions needs a --reason.")
]
Labels = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, readable=True, help='Labelled questions: lines {"query", "ids"}.'
    ),
]
NoBuild = Annotated[bool, typer.Option("--no-build", help="Leave the index as it is.")]


def settings_of(config: Path | None) -> KnowledgeBaseSettings:
    return load_settings(config).knowledge_base


def embedder_of(settings: KnowledgeBaseSettings) -> Embedder:
    return open_embedder(settings.embedder, threads=settings.threads)


def policy_of(settings: KnowledgeBaseSettings, max_wrong_rate: float | None = None) -> Policy:
    return Policy(
        calibration=shipped_calibration(),
        max_wrong_rate=max_wrong_rate or settings.max_wrong_rate,
        max_candidates=settings.max_candidates,
    )


def live_index(settings: KnowledgeBaseSettings) -> IndexVersion | None:
    """The index in use; None before the first build. Raises ``IndexCorrupt``."""
    shelf = Shelf(settings.path)
    version = shelf.current()
    return IndexVersion.open(shelf.folder(version)) if version else None


def build_entries(settings: KnowledgeBaseSettings, entries: Sequence[Entry], output: Output) -> Built:
    with output.progress("计算向量") as progress:
        return build_index(
            Shelf(settings.path),
            entries,
            embedder_of(settings),
            progress,
            keep_versions=settings.keep_versions,
        )


@contextmanager
def index_of_stored(
    settings: KnowledgeBaseSettings, entries: Sequence[Entry], embedder: Embedder
) -> Iterator[IndexVersion | None]:
    """An index of just these entries: the one in use when it is sound and up to date."""
    with index_in_use(_usable(settings, embedder), entries, embedder) as index:
        yield index


def run_trial(
    settings: KnowledgeBaseSettings,
    before: Sequence[Entry],
    after: Sequence[Entry],
    labels: Path | None,
    output: Output,
) -> Trial:
    """Try a change of the stored entries on all phrasings and the labelled questions."""
    log: tuple[LabelledQuestion, ...] = read_labels(labels) if labels else ()
    embedder = embedder_of(settings)
    with index_of_stored(settings, before, embedder) as index, output.progress("试运行") as progress:
        trials = Trials(embedder, policy_of(settings))
        return trials.run(index, after, log, today=day_in_china(now()), progress=progress)


def now() -> datetime:
    return datetime.now(UTC)


def name_of(who: str | None) -> str:
    """Whose change it is."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "命令行"


def _usable(settings: KnowledgeBaseSettings, embedder: Embedder) -> IndexVersion | None:
    try:
        index = live_index(settings)
    except KnowledgeBaseError:
        return None
    return index if index is not None and index.manifest.embedder == embedder.identity else None
