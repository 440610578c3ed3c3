"""What the ``kb`` commands print: results on standard output, progress and complaints on standard error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from conversations.errors import ConfigError
from knowledge_base.calibrating.curve import Curve, Grounds
from knowledge_base.decision import Answer, Ask, Candidate, Refuse, Rule, Verdict
from knowledge_base.errors import KnowledgeBaseError

FAILED = 1
WRONG_USAGE = 2

_RULES: Mapping[Rule, str] = {
    Rule.EXACT: "和收录的问法一字不差",
    Rule.CONFLICT: "几条问答都收录了这个问法，请顾客选",
    Rule.SURE: "把握足够",
    Rule.NEGATION_DIFFERS: "把握足够，但一边有否定、一边没有，先问清楚",
    Rule.NUMBERS_DIFFER: "把握足够，但两边的数字不同，先问清楚",
    Rule.CONTRAST: "把握足够，但说的不是同一样东西，先问清楚",
    Rule.SECOND_LOOK: "把握足够，但细看之后另一条更像，先问清楚",
    Rule.FOLLOW_UP: "接着上一个问题说的，连起来看",
    Rule.UNSURE: "把握不够直接回答，请顾客选",
    Rule.NOTHING_NEAR: "没有相近的问答",
    Rule.NO_TEXT: "没有文字",
    Rule.NO_INDEX: "还没有索引",
}


class Output:
    """Prints for people, or one JSON object for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console()
        self._err = Console(stderr=True)

    def result(self, value: Mapping[str, object], show: Callable[[Console], None]) -> None:
        """The command's one result: ``value`` as JSON, or what ``show`` prints."""
        if self.as_json:
            typer.echo(json.dumps(value, ensure_ascii=False))
        else:
            show(self._out)

    def complain(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._err.print(escape(line), style="red", soft_wrap=True, highlight=False)

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what went wrong into a line, an exit code, and under ``--json`` an object that says so."""
        try:
            yield
        except (ConfigError, KnowledgeBaseError) as exc:
            if self.as_json:
                typer.echo(json.dumps({"error": str(exc)}, ensure_ascii=False))
            self.complain([str(exc)])
            raise typer.Exit(WRONG_USAGE if isinstance(exc, ConfigError) else FAILED) from exc

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on standard error; the value is told (done, total). A pipe gets no bar."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns, console=self._err, transient=True, disable=not self._err.is_terminal
        ) as progress:
            task = progress.add_task(what, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)


def show_verdict(console: Console, verdict: Verdict, answer: str | None) -> None:
    """What would be said, and why. ``answer``: as it is said, where the verdict is to answer."""
    match verdict.decision:
        case Answer(candidate=candidate):
            console.print(f"[bold green]回答[/]  {escape(candidate.question)}")
            console.print(escape(answer or candidate.answer), soft_wrap=True, highlight=False)
        case Ask(candidates=candidates):
            console.print("[bold yellow]反问[/]  您想问的是：")
            for number, candidate in enumerate(candidates, 1):
                console.print(f"  {number}. {escape(candidate.question)}", highlight=False)
        case Refuse():
            console.print("[bold red]不答[/]")
    console.print(f"\n依据：{_grounds(verdict)}", highlight=False)
    if verdict.ranked:
        console.print(_table(verdict.ranked))


def _grounds(verdict: Verdict) -> str:
    if verdict.cut_off is None:
        return _RULES[verdict.rule]
    return f"{_RULES[verdict.rule]}；第一条正确的概率 {verdict.probability:.3f}，直接回答要 {verdict.cut_off:.3f}"


def _table(ranked: Sequence[Candidate]) -> Table:
    table = Table("编号", "最近的问法", "分数", "语义", "字面", "概率", box=None)
    for candidate in ranked:
        numbers = (candidate.score, candidate.dense, candidate.lexical, candidate.probability)
        table.add_row(
            escape(candidate.entry_id),
            escape(candidate.phrasing or candidate.question),
            *(f"{number:.3f}" for number in numbers),
        )
    return table


def show_curve(console: Console, curve: Curve) -> None:
    """What a build found out about its index."""
    if not curve.points:
        return
    told = {
        Grounds.LABELS: f"拿 {curve.questions} 个标注过的问题试了一遍",
        Grounds.PHRASINGS: f"拿 {curve.questions} 个问法逐个抽掉再问了一遍（比顾客的问题难）",
    }
    table = Table("门槛", "直接回答", "其中答错", box=None)
    for point in curve.points[:: max(1, len(curve.points) // 8)]:
        table.add_row(f"{point.cut_off:.2f}", f"{point.coverage:.1%}", f"{point.wrong_rate:.1%}")
    console.print(told[curve.grounds])
    console.print(table)


def show_figures(console: Console, figures: Mapping[str, object]) -> None:
    """The figures of an evaluation as two columns, the curve below."""
    table = Table(box=None, show_header=False)
    for name, value in figures.items():
        if name != "curve":
            table.add_row(name, _figure(value))
    console.print(table)
    curve = figures["curve"]
    if isinstance(curve, list):
        points = Table("max_wrong_rate", "coverage", "wrong_rate", box=None)
        for point in curve:
            points.add_row(*(_figure(value) for value in point.values()))
        console.print(points)


def _figure(value: object) -> str:
    match value:
        case float():
            return f"{value:.4f}"
        case dict():
            return "  ".join(f"{key} {_figure(part)}" for key, part in value.items())
        case None:
            return "—"
        case _:
            return escape(str(value))
