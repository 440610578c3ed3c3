"""``kb``: fill the knowledge base, build its index, ask it, measure it. Needs neither secrets, database nor Redis."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bot.commands.kb_output import FAILED, WRONG_USAGE, Output, show_figures, show_verdict
from bot.config import load_settings
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Candidate, Verdict
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entries import EntryFile
from knowledge_base.entry import Entry
from knowledge_base.evaluation import find_all, judge_all, report
from knowledge_base.evaluation_files import (
    decision_name,
    read_entries,
    read_out_of_scope,
    read_questions,
    shown_ids,
    write_decisions,
)
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from knowledge_base.importing.row import Problem
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import judge
from knowledge_base.settings import KnowledgeBaseSettings

kb_app = typer.Typer(no_args_is_help=True, help="The knowledge base: import, build, ask, eval.")

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ExistingFile = typer.Option(exists=True, dir_okay=False, readable=True)


@kb_app.command("import")
def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, readable=True, help="csv, xlsx, jsonl or yaml."),
    ],
    config: Config = None,
    as_json: AsJson = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the rows that are right.")] = False,
    no_build: Annotated[bool, typer.Option("--no-build", help="Leave the index as it is.")] = False,
) -> None:
    """Take entries from files; an entry with the same id, else the same question, is replaced."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = _settings(config)
        reading = read_files(files)
        store = EntryFile(settings.path)
        with store.changing():
            before = store.read()
            plan = plan_import(before, reading.drafts)
            problems = (*reading.problems, *plan.problems)
            output.complain([str(problem) for problem in problems])
            refused = bool(problems) and not skip_bad
            if not refused and plan.entries != before:
                store.write(plan.entries)
            built = None
            if not refused and not no_build:
                built = _build(settings, plan.entries, output)
    value: dict[str, object] = {
        "imported": not refused,
        "added": 0 if refused else plan.added,
        "updated": 0 if refused else plan.updated,
        "unchanged": 0 if refused else plan.unchanged,
        "entries": len(before if refused else plan.entries),
        "problems": [asdict(problem) for problem in problems],
        "conflicts": list(plan.conflicts),
        "ignored_columns": list(reading.ignored),
        "index": asdict(built) if built else None,
    }
    output.result(value, _show_import(value, problems))
    if refused:
        raise typer.Exit(FAILED)


@kb_app.command()
def build(config: Config = None, as_json: AsJson = False) -> None:
    """Build the index of the entries; when nothing changed, nothing is done."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = _settings(config)
        store = EntryFile(settings.path)
        started = time.monotonic()
        with store.changing():
            built = _build(settings, store.read(), output)
        seconds = round(time.monotonic() - started, 3)
    text = f"索引 {built.version[:8]}：{built.entries} 条问答，{built.phrasings} 个问法"
    news = f"新算 {built.embedded} 个问法，用时 {seconds} 秒" if built.changed else "没有变化"
    output.result({**asdict(built), "seconds": seconds}, lambda console: console.print(f"{text}；{news}"))


@kb_app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What a customer might write.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show what would be said to TEXT, and why."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = _settings(config)
        embedder = _embedder(settings)
        version = Shelf(settings.path).current()
        index = IndexVersion.open(Shelf(settings.path).folder(version)) if version else None
        policy = _policy(settings, settings.max_wrong_rate)
        started = time.perf_counter()
        (verdict,) = judge([text], index, embedder, policy)
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
    value = {
        "query": text,
        **_verdict_json(verdict),
        "cut_off": verdict.cut_off,
        "version": version,
        "milliseconds": milliseconds,
    }
    output.result(value, lambda console: show_verdict(console, verdict))
    if index is None:
        output.complain(["还没有索引，先运行 kb import 文件"])
        raise typer.Exit(FAILED)


@kb_app.command("eval")
def evaluate(
    faq: Annotated[Path, ExistingFile],
    queries: Annotated[Path, ExistingFile],
    oos: Annotated[Path | None, ExistingFile] = None,
    max_wrong_rate: Annotated[float | None, typer.Option(help="Bound on the share of wrong answers.")] = None,
    decisions: Annotated[Path | None, typer.Option(help="Write one JSON line per query here.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Index FAQ alone and measure it on labelled queries."""
    output = Output(as_json=as_json)
    if max_wrong_rate is not None and not 0 < max_wrong_rate < 1:
        output.complain(["--max-wrong-rate 应在 0 和 1 之间"])
        raise typer.Exit(WRONG_USAGE)
    with output.failures():
        settings = _settings(config)
        policy = _policy(settings, max_wrong_rate or settings.max_wrong_rate)
        entries = read_entries(faq)
        questions = read_questions(queries) + (read_out_of_scope(oos) if oos else [])
        embedder = _embedder(settings)
        with tempfile.TemporaryDirectory(prefix="xiaoer-eval-") as folder:
            index = _temporary_index(Path(folder), entries, embedder, output)
            with output.progress("提问") as progress:
                done = iter(range(1, len(questions) + 1))
                found = find_all(
                    questions, index, embedder, policy, lambda: progress(next(done), len(questions))
                )
        figures = report(
            found, policy, entries=len(entries), model=f"{settings.embedder} {embedder.identity}"
        )
        if decisions is not None:
            write_decisions(decisions, judge_all(found, policy))
    output.result(figures, lambda console: show_figures(console, figures))


def _settings(config: Path | None) -> KnowledgeBaseSettings:
    return load_settings(config).knowledge_base


def _embedder(settings: KnowledgeBaseSettings) -> Embedder:
    return open_embedder(settings.embedder, threads=settings.threads)


def _policy(settings: KnowledgeBaseSettings, max_wrong_rate: float) -> Policy:
    return Policy(
        calibration=shipped_calibration(),
        max_wrong_rate=max_wrong_rate,
        max_candidates=settings.max_candidates,
    )


def _build(settings: KnowledgeBaseSettings, entries: tuple[Entry, ...], output: Output) -> Built:
    with output.progress("计算向量") as progress:
        return build_index(
            Shelf(settings.path),
            entries,
            _embedder(settings),
            progress,
            keep_versions=settings.keep_versions,
        )


def _temporary_index(folder: Path, entries: list[Entry], embedder: Embedder, output: Output) -> IndexVersion:
    shelf = Shelf(folder)
    with output.progress("计算向量") as progress:
        built = build_index(shelf, entries, embedder, progress)
    return IndexVersion.open(shelf.folder(built.version))


def _show_import(value: dict[str, object], problems: tuple[Problem, ...]) -> Callable[[Console], None]:
    def show(console: Console) -> None:
        if not value["imported"]:
            console.print(f"有 {len(problems)} 处问题，一条也没有导入；改好再来，或加 --skip-bad 跳过这些行")
            return
        skipped = f"，跳过 {len(problems)} 处问题" if problems else ""
        console.print(
            f"新增 {value['added']}，更新 {value['updated']}，不变 {value['unchanged']}{skipped}；"
            f"共 {value['entries']} 条问答"
        )
        for name, title in (
            ("conflicts", "这些问法属于几条问答，顾客打出来会被反问"),
            ("ignored_columns", "没有用到的列"),
        ):
            lines = value[name]
            if isinstance(lines, list) and lines:
                console.print(f"{title}：{escape('；'.join(lines))}", soft_wrap=True, highlight=False)

    return show


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    shown = shown_ids(verdict.decision)
    answer = verdict.ranked[0].answer if decision_name(verdict.decision) == "answer" else None
    return {
        "decision": decision_name(verdict.decision),
        "rule": verdict.rule.value,
        "probability": round(verdict.probability, 6),
        "answer": answer,
        "candidates": shown,
        "ranked": [_candidate_json(candidate) for candidate in verdict.ranked],
    }


def _candidate_json(candidate: Candidate) -> dict[str, object]:
    return {
        "id": candidate.entry_id,
        "question": candidate.question,
        "phrasing": candidate.phrasing,
        "score": round(candidate.score, 6),
        "dense": round(candidate.dense, 6),
        "lexical": round(candidate.lexical, 6),
        "probability": round(candidate.probability, 6),
    }
