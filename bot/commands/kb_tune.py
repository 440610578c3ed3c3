"""``kb tune``: an embedder that knows this shop's words. Needs neither secrets, database nor Redis."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

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
from knowledge_base.embedder.opening import DEFAULT, open_embedder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.build import Built
from knowledge_base.tuning.judging import Comparison, as_risky, compare, held_out_evidence
from knowledge_base.tuning.material import material

_NAMED = 20
_USUAL = 1_000_000
"""More phrasings than any entry has: the tier of the entries with the most."""


def tune(
    config: Config = None,
    labels: Labels = None,
    reason: Reason = "",
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the configured embedder.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tune the default embedder on the shop's phrasings and labels; used when it is better, or with a --reason."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        if undo:
            _undo(output, config)
            return
        if settings.embedder != DEFAULT:
            raise KnowledgeBaseError("knowledge_base.embedder 不是 default：只有自带的模型可以调")
        # Imports torch, which takes seconds and which no other command needs.
        from knowledge_base.tuning import tuning  # noqa: PLC0415

        bench, embedders = workbench_of(settings, output), embedders_of(settings)
        entries, labelled = bench.stored(), labels_of(labels)
        found = material(entries, labelled)
        settings.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".tuning-", dir=settings.path) as temporary:
            made = Path(temporary) / "made"
            with output.progress(f"训练（{found.texts} 个问法）") as progress:
                identity = tuning.tune(found, made, lambda step, steps, loss: progress(step, steps))
            tuned, live = open_embedder(str(made), threads=settings.threads), embedders.in_use()
            with output.progress("比较") as progress:
                progress(0, 2)
                in_use = embedders.calibration(live)
                before = held_out_evidence(entries, labelled, live, in_use)
                progress(1, 2)
                after = held_out_evidence(entries, labelled, tuned, in_use)
                progress(2, 2)
            own = as_risky(in_use, before, after)
            bound = settings.max_wrong_rate
            cut_offs = (in_use.tier(_USUAL).cut_off(bound), own.tier(_USUAL).cut_off(bound))
            comparison = compare(before, after, cut_offs)
            built = None
            if comparison.better or reason.strip():
                embedders.keep(made, identity, own)
                with bench.ledger.changing() as ledger:
                    kept = embedders.of(identity)
                    built = bench.build(ledger.entries, labelled or None, kept)
    value = {
        "trained_on": found.texts,
        "used": built is not None,
        "better": comparison.better,
        **asdict(comparison),
        "index": asdict(built) if built else None,
    }
    output.result(value, lambda console: _show(console, comparison, built))
    if built is None:
        raise typer.Exit(FAILED)


def _undo(output: Output, config: Path | None) -> None:
    settings = settings_of(config)
    bench = workbench_of(settings, output)
    with bench.ledger.changing() as ledger:
        built = bench.build(ledger.entries, None, embedders_of(settings).configured())
    news = "已换回配置里的模型" if built.changed else "用的本来就是配置里的模型"
    output.result({"used": False, "index": asdict(built)}, lambda console: console.print(news))


def _show(console: Console, comparison: Comparison, built: Built | None) -> None:
    console.print(f"在没拿来训练的 {comparison.questions} 个问题上（错答比例不高于原来时）：")
    for name, was, now in (
        ("第一条就对", comparison.before.right_first, comparison.after.right_first),
        ("直接回答", comparison.before.coverage, comparison.after.coverage),
        ("其中答错", comparison.before.wrong, comparison.after.wrong),
    ):
        console.print(f"  {name}  {was:.1%} → {now:.1%}")
    if comparison.lost:
        console.print(f"原来答对、现在会答错的 {len(comparison.lost)} 个：")
        for text in comparison.lost[:_NAMED]:
            console.print(f"  {escape(text)}", highlight=False)
    if built is not None:
        console.print(f"已换上，索引 {built.version[:8]}；换回去：kb tune --undo")
    else:
        console.print("没有变好，没有换上；仍要换上请写明 --reason")
