"""``kb mine``: what customers ask in vain, and what an entry for it would change. Needs the database, no secrets."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bot.commands.kb_opening import AsJson, Config, embedder_of, live_index, now, policy_of
from bot.commands.kb_output import FAILED, Output
from bot.config import load_settings
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.version import IndexVersion
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.gain import Gain
from knowledge_base.mining.label_store import stored_labels
from knowledge_base.mining.labels import Label, implied_labels
from knowledge_base.mining.miner import Mined, Miner
from knowledge_base.mining.questions import LoggedQuestion, Missed
from knowledge_base.mining.store import questions_between
from knowledge_base.mining.suggesting import Advice
from knowledge_base.serving import day_in_china
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings

_REASONS = {
    Missed.REFUSED: "没答上",
    Missed.ASKED_BACK: "反问",
    Missed.REASKED: "又问一遍",
    Missed.HANDED_OVER: "转人工",
    Missed.RATED_BAD: "差评",
}


def mine(
    config: Config = None,
    as_json: AsJson = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back to look.")] = 30,
    gains: Annotated[int, typer.Option(min=0, help="For how many clusters the gain is tried.")] = 10,
) -> None:
    """Show what customers asked in vain, as clusters, with a suggestion and its expected gain."""
    output = Output(as_json=as_json)
    until = now()
    with output.failures():
        settings = load_settings(config)
        kb = settings.knowledge_base
        questions, written = asyncio.run(_load(settings.database, until - timedelta(days=days), until))
        embedder = embedder_of(kb)
        live = live_index(kb)
        if live is not None and live.manifest.embedder != embedder.identity:
            raise KnowledgeBaseError("索引是用别的向量模型建的，先运行 kb build")
        miner = Miner(embedder, policy_of(kb))
        mined = miner.mine(questions, written, live, today=day_in_china(until))
        labels = (*written, *implied_labels(questions))
        tried = _gains(miner, mined, live, labels, gains, output, day_in_china(until))
    found = list(zip(mined.clusters, [*tried, *[None] * len(mined.clusters)], strict=False))
    value = {
        "days": days,
        "logged": mined.logged,
        "missed": mined.missed,
        "distinct": mined.distinct,
        "left_out": mined.left_out,
        "solved": mined.solved,
        "single": mined.single,
        "clusters": [_cluster_json(cluster, gain) for cluster, gain in found],
    }
    output.result(value, lambda console: _show(console, mined, found, live, days))
    if live is None:
        output.complain(["还没有索引，先运行 kb build"])
        raise typer.Exit(FAILED)


async def _load(
    settings: DatabaseSettings, since: datetime, until: datetime
) -> tuple[tuple[LoggedQuestion, ...], tuple[Label, ...]]:
    """The questions of the period, and every label that somebody wrote."""
    database = Database(settings)
    try:
        await migrate(database)
        async with database.reading() as connection:
            return await questions_between(connection, since, until), await stored_labels(connection)
    finally:
        await database.close()


def _gains(
    miner: Miner,
    mined: Mined,
    live: IndexVersion | None,
    labels: tuple[Label, ...],
    most: int,
    output: Output,
    today: date,
) -> list[Gain]:
    if live is None:
        return []
    chosen = mined.clusters[:most]
    tried = []
    with output.progress("试算收益") as progress:
        for number, cluster in enumerate(chosen, 1):
            tried.append(miner.gain(cluster, mined.open, live, labels, today=today))
            progress(number, len(chosen))
    return tried


def _cluster_json(cluster: Cluster, gain: Gain | None) -> dict[str, object]:
    return {
        "id": cluster.id,
        "question": cluster.question,
        "count": cluster.count,
        "distinct": len(cluster.members),
        "reasons": {reason.value: count for reason, count in cluster.reasons.items()},
        "examples": list(cluster.examples),
        "suggestion": cluster.suggestion.advice.value,
        "entry": cluster.suggestion.nearest,
        "support": round(cluster.suggestion.support, 4),
        "gain": _gain_json(gain) if gain else None,
    }


def _gain_json(gain: Gain) -> dict[str, object]:
    return {
        "questions": gain.questions,
        "word_for_word": gain.word_for_word,
        "held_out": gain.held_out,
        "held_out_answered_now": gain.now,
        "held_out_answered": gain.answered,
        "share": None if gain.share is None else round(gain.share, 4),
        "elsewhere": gain.elsewhere,
        "elsewhere_examples": list(gain.elsewhere_examples),
        "labelled": gain.labelled,
        "lost": list(gain.lost),
    }


def _show(
    console: Console,
    mined: Mined,
    found: list[tuple[Cluster, Gain | None]],
    live: IndexVersion | None,
    days: int,
) -> None:
    console.print(
        f"最近 {days} 天记录 {mined.logged} 个问题，{mined.missed} 个没服务好（{mined.distinct} 种问法，"
        f"其中 {mined.solved} 种现在已能答，{mined.single} 种只此一家）；归成 {len(mined.clusters)} 类",
        highlight=False,
    )
    if mined.left_out:
        console.print(f"问法太多，少见的 {mined.left_out} 种这次没看", highlight=False)
    for number, (cluster, gain) in enumerate(found, 1):
        reasons = "，".join(f"{_REASONS[reason]} {count}" for reason, count in cluster.reasons.items())
        console.print(
            f"\n[bold]{number}. {escape(cluster.question)}[/]  问过 {cluster.count} 次（{reasons}）",
            highlight=False,
        )
        for example in cluster.examples[1:]:
            console.print(f"   · {escape(example)}", highlight=False, soft_wrap=True)
        console.print(f"   建议：{escape(_advice(cluster, live))}", highlight=False, soft_wrap=True)
        if gain is not None:
            console.print(f"   预计：{escape(_gain_text(gain))}", highlight=False, soft_wrap=True)


def _advice(cluster: Cluster, live: IndexVersion | None) -> str:
    nearest = live.entry(cluster.suggestion.nearest) if live and cluster.suggestion.nearest else None
    if cluster.suggestion.advice is Advice.ADD_PHRASINGS and nearest is not None:
        return f"给“{nearest.question}”补充问法"
    return "新建一条问答" + (f"（最接近的是“{nearest.question}”）" if nearest else "")


def _gain_text(gain: Gain) -> str:
    if not gain.held_out:
        parts = [f"{gain.word_for_word} 次原话能直接答上"]
    else:
        parts = [f"留作检验的 {gain.held_out} 次里能答上 {gain.answered} 次"]
    if gain.elsewhere:
        parts.append(f"另外 {gain.elsewhere} 次别的提问也会由它来答：{'；'.join(gain.elsewhere_examples)}")
    if gain.lost:
        parts.append(f"会变差 {len(gain.lost)} 个已标对的问题：{'；'.join(gain.lost)}")
    return "；".join(parts)
