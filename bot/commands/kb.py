"""``kb``: fill the knowledge base, build its index, ask it, measure it. Needs neither secrets, database nor Redis."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands import kb_editing, kb_labels, kb_mine, kb_tune
from bot.commands.kb_editing_output import show_import, trial_json
from bot.commands.kb_opening import (
    AsJson,
    Config,
    GateOption,
    ImportFiles,
    Labels,
    NoBuild,
    Reason,
    Who,
    embedder_of,
    labels_of,
    live_index,
    name_of,
    now,
    opened,
    policy_of,
    settings_of,
    workbench_of,
)
from bot.commands.kb_output import FAILED, WRONG_USAGE, Output, show_curve, show_figures, show_verdict
from conversations.address import Channel
from knowledge_base.calibrating.curve import read_curve
from knowledge_base.decision import Candidate, Verdict
from knowledge_base.editing.revisions import Act
from knowledge_base.editing.trying import said_to
from knowledge_base.editing.workbench import Request
from knowledge_base.embedder.port import Embedder
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
from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.rerankers import open_second_stage
from knowledge_base.searching import Asked, judge_asked
from knowledge_base.serving import Asker, day_in_china

kb_app = typer.Typer(
    no_args_is_help=True,
    help="The knowledge base: import, export, build, ask, try, log, diff, rollback, doctor, mine, labels, tune, eval.",
)
for name, command in (
    ("export", kb_editing.export),
    ("try", kb_editing.try_import),
    ("log", kb_editing.log),
    ("diff", kb_editing.show_diff),
    ("rollback", kb_editing.rollback),
    ("doctor", kb_editing.doctor),
    ("mine", kb_mine.mine),
    ("labels", kb_labels.labels),
    ("tune", kb_tune.tune),
):
    kb_app.command(name)(command)

ExistingFile = typer.Option(exists=True, dir_okay=False, readable=True)


@kb_app.command("import")
def import_files(
    files: ImportFiles,
    config: Config = None,
    as_json: AsJson = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the rows that are right.")] = False,
    no_build: NoBuild = False,
    gate: GateOption = False,
    labels: Labels = None,
    reason: Reason = "",
    who: Who = None,
) -> None:
    """Take entries from files; an entry with the same id, else the same question, is replaced."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        reading = read_files(files)
        bench = workbench_of(settings, output)
        with bench.ledger.changing() as ledger:
            before = ledger.entries
            plan = plan_import(before, reading.drafts)
            problems = (*reading.problems, *plan.problems)
            output.complain([str(problem) for problem in problems])
            done = None
            if skip_bad or not problems:
                request = Request(
                    act=Act.IMPORT,
                    who=name_of(who),
                    reason=reason,
                    what="导入 " + "、".join(file.name for file in files),
                    now=now(),
                    gate=gate,
                    build=not no_build,
                    log=labels_of(labels),
                )
                done = bench.publish_in(ledger, plan.entries, request)
    refused = done is None or not done.published
    trial = done.trial if done else None
    value: dict[str, object] = {
        "imported": not refused,
        "added": 0 if refused else plan.added,
        "updated": 0 if refused else plan.updated,
        "unchanged": 0 if refused else plan.unchanged,
        "entries": len(before if refused else plan.entries),
        "problems": [asdict(problem) for problem in problems],
        "conflicts": list(plan.conflicts),
        "ignored_columns": list(reading.ignored),
        "index": asdict(done.index) if done and done.index else None,
        "revision": done.revision.number if done and done.revision else None,
        "trial": trial_json(trial, reason) if trial else None,
    }
    output.result(value, show_import(value, problems, trial, reason))
    if refused:
        raise typer.Exit(FAILED)


@kb_app.command()
def build(config: Config = None, labels: Labels = None, as_json: AsJson = False) -> None:
    """Build the index of the entries and try it; when nothing changed, nothing is done.

    With enough labelled questions (300) the cut-offs are fitted to them; without --labels those of the last build hold.
    """
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        started = time.monotonic()
        bench = workbench_of(settings, output)
        with bench.ledger.changing() as ledger:
            built = bench.build(ledger.entries, labels_of(labels) or None)
        curve = read_curve(Shelf(settings.path).folder(built.version))
        seconds = round(time.monotonic() - started, 3)
    text = f"索引 {built.version[:8]}：{built.entries} 条问答，{built.phrasings} 个问法"
    news = f"新算 {built.embedded} 个问法，用时 {seconds} 秒" if built.changed else "没有变化"
    value = {**asdict(built), "seconds": seconds, "curve": asdict(curve) if curve else None}

    def show(console: Console) -> None:
        console.print(f"{text}；{news}")
        if curve is not None:
            show_curve(console, curve)

    output.result(value, show)


@kb_app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What a customer might write.")],
    config: Config = None,
    as_json: AsJson = False,
    channel: Annotated[Channel | None, typer.Option(help="Where it is asked.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="What the customer is, the most telling first.")
    ] = None,
) -> None:
    """Show what would be said to TEXT, and why."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        embedder = embedder_of(settings)
        index = live_index(settings)
        policy, second = policy_of(settings), open_second_stage(settings)
        started = time.perf_counter()
        asker = Asker(today=day_in_china(now()), channel=channel, segments=tuple(segment or ()))
        asked = [Asked(text=text, asker=asker), Asked(text=text)]
        served, every = judge_asked(asked, index, embedder, policy, second)
        said = said_to(asker, served, every, index.entry if index else lambda entry_id: None)
        verdict = replace(said.verdict, decision=said.decision)
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
    value = {
        "query": text,
        **_verdict_json(verdict, said.text),
        "cut_off": verdict.cut_off,
        "version": index.version if index else None,
        "milliseconds": milliseconds,
    }
    if said.withheld:
        output.complain(["最近的问答今天不会用到（停用，或不在生效日期内）"])
    output.result(value, lambda console: show_verdict(console, verdict, said.text))
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
        settings = settings_of(config)
        policy = policy_of(settings, max_wrong_rate)
        entries = read_entries(faq)
        questions = read_questions(queries) + (read_out_of_scope(oos) if oos else [])
        embedder, second = embedder_of(settings), open_second_stage(settings)
        with tempfile.TemporaryDirectory(prefix="xiaoer-eval-") as folder:
            index = opened(_temporary_index(Path(folder), entries, embedder, output), settings)
            with output.progress("提问") as progress:
                done = iter(range(1, len(questions) + 1))
                found = find_all(
                    questions, index, embedder, policy, lambda: progress(next(done), len(questions)), second
                )
        figures = report(
            found, policy, entries=len(entries), model=f"{settings.embedder} {embedder.identity}"
        )
        if decisions is not None:
            write_decisions(decisions, judge_all(found, policy))
    output.result(figures, lambda console: show_figures(console, figures))


def _temporary_index(folder: Path, entries: list[Entry], embedder: Embedder, output: Output) -> Path:
    shelf = Shelf(folder)
    with output.progress("计算向量") as progress:
        built = build_index(shelf, entries, embedder, progress)
    return shelf.folder(built.version)


def _verdict_json(verdict: Verdict, answer: str | None) -> dict[str, object]:
    return {
        "decision": decision_name(verdict.decision),
        "rule": verdict.rule.value,
        "probability": round(verdict.probability, 6),
        "answer": answer,
        "candidates": shown_ids(verdict.decision),
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
