"""What the ``kb`` commands share: options, and opening what the configuration names."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.kb_output import Output
from bot.config import load_settings
from knowledge_base.answering import Policy
from knowledge_base.editing.labels import read_labels
from knowledge_base.editing.workbench import Workbench
from knowledge_base.embedder.port import Embedder
from knowledge_base.embedders import Embedders
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
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
_THREADS = 4

NoBuild = Annotated[bool, typer.Option("--no-build", help="Leave the index as it is.")]


def settings_of(config: Path | None) -> KnowledgeBaseSettings:
    return load_settings(config).knowledge_base


def embedder_of(settings: KnowledgeBaseSettings) -> Embedder:
    """The one that the index in use was made with, if it was tuned, else the configured one."""
    return embedders_of(settings).in_use()


def embedders_of(settings: KnowledgeBaseSettings) -> Embedders:
    return Embedders.named(settings.embedder, settings.path, threads=threads_of(settings))


def threads_of(settings: KnowledgeBaseSettings) -> int:
    """More than a bot that serves has: somebody waits for the command."""
    return max(settings.threads, min(os.cpu_count() or 1, _THREADS))


def policy_of(settings: KnowledgeBaseSettings, max_wrong_rate: float | None = None) -> Policy:
    return Policy.of(settings, max_wrong_rate=max_wrong_rate)


def live_index(settings: KnowledgeBaseSettings) -> IndexVersion | None:
    """The index in use; None before the first build. Raises ``IndexCorrupt``."""
    shelf = Shelf(settings.path)
    version = shelf.current()
    return opened(shelf.folder(version), settings) if version else None


def opened(folder: Path, settings: KnowledgeBaseSettings) -> IndexVersion:
    """An index version as the settings have it searched."""
    return IndexVersion.open(folder, wording_counts=settings.lexical)


def workbench_of(settings: KnowledgeBaseSettings, output: Output) -> Workbench:
    return Workbench(settings, embedders_of(settings), policy_of(settings), output.progress)


def labels_of(labels: Path | None) -> tuple[LabelledQuestion, ...]:
    return read_labels(labels) if labels else ()


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
