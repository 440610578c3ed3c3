"""``kb`` commands about changes: export, try, log, diff, rollback, doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.kb_editing_output import (
    diff_json,
    revision_json,
    show_checkup,
    show_diffs,
    show_log,
    show_trial,
    trial_json,
)
from bot.commands.kb_opening import (
    AsJson,
    Config,
    GateOption,
    ImportFiles,
    Labels,
    NoBuild,
    Reason,
    Who,
    labels_of,
    name_of,
    now,
    settings_of,
    workbench_of,
)
from bot.commands.kb_output import FAILED, Output
from knowledge_base.editing.checkup import NEAR
from knowledge_base.editing.diffing import diff
from knowledge_base.editing.ledger import Ledger
from knowledge_base.editing.revisions import Act, state_at
from knowledge_base.editing.workbench import Request
from knowledge_base.exporting import export_file
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import

Number = Annotated[int, typer.Argument(min=0, help="Number of a revision, see `kb log`; 0: the beginning.")]


def export(
    file: Annotated[Path, typer.Argument(help="csv, xlsx, jsonl or yaml, by its ending.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write all entries to FILE; `kb import` takes it back unchanged."""
    output = Output(as_json=as_json)
    with output.failures():
        with Ledger(settings_of(config).path).changing() as ledger:
            entries = ledger.entries
        export_file(entries, file)
    value = {"file": str(file), "entries": len(entries)}
    output.result(value, lambda console: console.print(f"{len(entries)} 条问答写入 {file}", highlight=False))


def try_import(
    files: ImportFiles,
    config: Config = None,
    as_json: AsJson = False,
    labels: Labels = None,
) -> None:
    """Show what importing FILES would do to questions, without importing them."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        reading = read_files(files)
        bench = workbench_of(settings, output)
        before = bench.stored()
        plan = plan_import(before, reading.drafts)
        problems = [str(problem) for problem in (*reading.problems, *plan.problems)]
        output.complain(problems)
        trial = bench.try_change(lambda entries: plan.entries, now=now(), log=labels_of(labels))
    value = {
        "added": plan.added,
        "updated": plan.updated,
        "unchanged": plan.unchanged,
        "problems": problems,
        "changes": [diff_json(each) for each in diff(before, plan.entries)],
        **trial_json(trial, ""),
    }
    output.result(value, lambda console: show_trial(console, trial, ""))


def log(
    config: Config = None,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 20,
) -> None:
    """Show the published changes, the newest first."""
    output = Output(as_json=as_json)
    with output.failures():
        with Ledger(settings_of(config).path).changing():
            pass
        revisions = Ledger(settings_of(config).path).revisions()
    newest = revisions[::-1][:limit]
    output.result(
        {"revisions": [revision_json(revision) for revision in newest]},
        lambda console: show_log(console, newest),
    )


def show_diff(
    number: Number,
    other: Annotated[int | None, typer.Argument(min=0, help="Compare with this one.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show what revision NUMBER changed, or what is different from NUMBER to OTHER."""
    output = Output(as_json=as_json)
    with output.failures():
        revisions = Ledger(settings_of(config).path).revisions()
        first, last = (number, other) if other is not None else (max(0, number - 1), number)
        found = diff(state_at(revisions, first), state_at(revisions, last))
    value = {"from": first, "to": last, "entries": [diff_json(each) for each in found]}
    output.result(value, lambda console: show_diffs(console, found))


def rollback(
    number: Number,
    config: Config = None,
    as_json: AsJson = False,
    no_build: NoBuild = False,
    gate: GateOption = False,
    labels: Labels = None,
    reason: Reason = "",
    who: Who = None,
) -> None:
    """Bring back the entries as revision NUMBER left them, as a new revision."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        request = Request(
            act=Act.ROLLBACK,
            who=name_of(who),
            reason=reason,
            what=f"回到第 {number} 版",
            now=now(),
            gate=gate,
            build=not no_build,
            log=labels_of(labels),
        )
        done = workbench_of(settings, output).rollback(number, request)
    trial = done.trial
    value = {
        "rolled_back": done.published,
        "revision": done.revision.number if done.revision else None,
        "entries": len(done.entries),
        "index": asdict(done.index) if done.index else None,
        "trial": trial_json(trial, reason) if trial else None,
    }
    told = f"回到第 {number} 版，记为第 {done.revision.number} 版" if done.revision else "没有变化"
    refused = not done.published
    output.result(
        value,
        lambda console: show_trial(console, trial, reason) if trial and refused else console.print(told),
    )
    if refused:
        raise typer.Exit(FAILED)


def doctor(
    config: Config = None,
    as_json: AsJson = False,
    near: Annotated[
        float, typer.Option(min=0.05, max=1.0, help="Share of phrasings taken from which entries are near.")
    ] = NEAR,
) -> None:
    """Show conflicts, duplicates, contradictions, and entries that are not served."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = settings_of(config)
        found = workbench_of(settings, output).check_up(now=now(), near=near)
    if found is None:
        output.complain(["还没有问答，先运行 kb import 文件"])
        raise typer.Exit(FAILED)
    output.result(asdict(found), lambda console: show_checkup(console, found))
