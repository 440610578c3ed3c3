"""``kb tune``: an embedder and a reranker that know this shop's words. Needs neither secrets, database nor Redis."""

from __future__ import annotations

import time
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.kb_opening import (
    AsJson,
    Config,
    Labels,
    Reason,
    embedders_of,
    labels_of,
    settings_of,
    workbench_of,
)
from bot.commands.kb_output import FAILED, Output
from bot.commands.kb_tuning import Attempts, try_embedder, try_reranker
from bot.commands.kb_tuning_shown import show_attempts
from knowledge_base.embedder.opening import DEFAULT
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.reranker.opening import NONE
from knowledge_base.rerankers import Rerankers
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.tuning.housekeeping import prune_tuned, remove_abandoned, workplace

MINUTES = 10


class Part(StrEnum):
    EMBEDDER = "embedder"
    RERANKER = "reranker"


def tune(
    config: Config = None,
    labels: Labels = None,
    reason: Reason = "",
    only: Annotated[Part | None, typer.Option("--only", help="Tune, or undo, only this.")] = None,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Training of the reranker takes no longer.")
    ] = MINUTES,
    undo: Annotated[
        bool, typer.Option("--undo", help="Go back to the configured embedder and reranker.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tune the default embedder, and the reranker if there is one, on the shop's phrasings and labels; each is used
    when it is better, or with a --reason.
    """
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        if undo:
            _undo(output, settings, only)
            return
        parts = _parts(settings, only)
        bench = workbench_of(settings, output)
        with bench.ledger.changing() as ledger:
            remove_abandoned(settings.path, now=time.time())
            prune_tuned(settings.path)
            entries = ledger.entries
        labelled, forced = labels_of(labels), bool(reason.strip())
        with workplace(settings.path) as folder:
            attempts = Attempts()
            if Part.EMBEDDER in parts:
                attempts.embedder = try_embedder(settings, entries, labelled, folder, output, forced=forced)
            if Part.RERANKER in parts:
                attempts.reranker = try_reranker(
                    settings,
                    entries,
                    labelled,
                    folder,
                    output,
                    forced=forced,
                    tuned=attempts.embedder if attempts.embedder and attempts.embedder.used else None,
                    seconds=minutes * 60,
                )
            built = None
            if attempts.any_used:
                with bench.ledger.changing() as ledger:
                    embedder, reranker = _keep(settings, attempts)
                    built = bench.build(
                        ledger.entries,
                        labelled or None,
                        embedders_of(settings).of(embedder) if embedder else None,
                        reranker,
                    )
                    prune_tuned(settings.path)
    value = {
        "used": attempts.any_used,
        "embedder": attempts.embedder.as_json() if attempts.embedder else None,
        "reranker": attempts.reranker.as_json() if attempts.reranker else None,
        "index": asdict(built) if built else None,
    }
    output.result(value, lambda console: show_attempts(console, attempts, built))
    if built is None:
        raise typer.Exit(FAILED)


def _parts(settings: KnowledgeBaseSettings, only: Part | None) -> set[Part]:
    """Those that can be tuned, of those that are wanted. Raises ``KnowledgeBaseError`` when there is none."""
    can = {Part.EMBEDDER} if settings.embedder == DEFAULT else set()
    if settings.reranker != NONE:
        can.add(Part.RERANKER)
    if only is Part.RERANKER and only not in can:
        raise KnowledgeBaseError("knowledge_base.reranker 是 none：没有重排模型可以调")
    if Part.EMBEDDER not in can and (only is Part.EMBEDDER or not can):
        raise KnowledgeBaseError("knowledge_base.embedder 不是 default：只有自带的模型可以调")
    return {only} if only else can


def _keep(settings: KnowledgeBaseSettings, attempts: Attempts) -> tuple[str | None, str | None]:
    """Identities of what is used from now on; None: as before."""
    embedder, reranker = attempts.embedder, attempts.reranker
    if embedder and embedder.used:
        embedders_of(settings).keep(embedder.made, embedder.identity, embedder.calibration)
    if reranker and reranker.used:
        Rerankers(settings).keep(reranker.made, reranker.identity)
    return (
        embedder.identity if embedder and embedder.used else None,
        reranker.identity if reranker and reranker.used else None,
    )


def _undo(output: Output, settings: KnowledgeBaseSettings, only: Part | None) -> None:
    bench = workbench_of(settings, output)
    with bench.ledger.changing() as ledger:
        built = bench.build(
            ledger.entries,
            None,
            None if only is Part.RERANKER else embedders_of(settings).configured(),
            None if only is Part.EMBEDDER else "",
        )
        prune_tuned(settings.path)
    news = "已换回配置里的模型" if built.changed else "用的本来就是配置里的模型"
    output.result({"used": False, "index": asdict(built)}, lambda console: console.print(news))
