"""What the ``kb`` commands about changes print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from knowledge_base.editing.checkup import Checkup, Opposite
from knowledge_base.editing.diffing import DiffKind, EntryDiff, FieldChange, TextChange
from knowledge_base.editing.likeness import Likeness
from knowledge_base.editing.revisions import Act, Revision
from knowledge_base.editing.trial import Figures, Outcome, Trial, Tried, may_publish
from knowledge_base.importing.row import Problem
from knowledge_base.serving import Unserved, day_in_china

_ACTS: Mapping[Act, str] = {
    Act.IMPORT: "导入",
    Act.EDIT: "编辑",
    Act.DELETE: "删除",
    Act.ROLLBACK: "回退",
    Act.OUTSIDE: "外部改动",
}
_OUTCOMES: Mapping[Outcome, str] = {
    Outcome.RIGHT: "答对",
    Outcome.OFFERED: "反问，选项里有",
    Outcome.ASKED: "反问，选项里没有",
    Outcome.REFUSED: "不答",
    Outcome.WRONG: "答错",
}
_KINDS: Mapping[DiffKind, str] = {DiffKind.ADDED: "新增", DiffKind.REMOVED: "删除", DiffKind.CHANGED: "修改"}
_UNSERVED: Mapping[Unserved, str] = {
    Unserved.DISABLED: "已停用",
    Unserved.NOT_YET: "还没到生效日期",
    Unserved.OVER: "已过失效日期",
}
_OPPOSITES: Mapping[Opposite, str] = {Opposite.NUMBERS: "数字不同", Opposite.NEGATION: "一边有否定"}
_SHOWN = 50
"""Lines of one kind; ``--json`` has them all."""


def trial_json(trial: Trial, reason: str) -> dict[str, object]:
    return {
        "questions": trial.after.questions,
        "judged": trial.judged,
        "before": _figures_json(trial.before),
        "after": _figures_json(trial.after),
        "lost": [asdict(tried) for tried in trial.lost],
        "gained": [asdict(tried) for tried in trial.gained],
        "may_publish": asdict(may_publish(trial, reason)),
    }


def _figures_json(figures: Figures) -> dict[str, float]:
    return {outcome.value: count for outcome, count in figures.counts.items()} | {"worth": figures.worth}


def revision_json(revision: Revision) -> dict[str, object]:
    kinds = _kinds(revision)
    return {
        "number": revision.number,
        "at": revision.at.isoformat(),
        "who": revision.who,
        "act": revision.act.value,
        "why": revision.why,
        **{kind.value: kinds.count(kind) for kind in DiffKind},
        "gate": asdict(revision.gate) if revision.gate else None,
    }


def diff_json(diff: EntryDiff) -> dict[str, object]:
    return asdict(diff)


def show_import(
    value: Mapping[str, object], problems: Sequence[Problem], trial: Trial | None, reason: str
) -> Callable[[Console], None]:
    def show(console: Console) -> None:
        if trial is not None:
            show_trial(console, trial, reason)
        if not value["imported"]:
            if trial is not None:
                console.print("一条也没有导入")
            else:
                console.print(
                    f"有 {len(problems)} 处问题，一条也没有导入；改好再来，或加 --skip-bad 跳过这些行"
                )
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
                _line(console, f"{title}：{'；'.join(lines)}")

    return show


def show_trial(console: Console, trial: Trial, reason: str) -> None:
    """Before and after, then what is lost and gained, by name."""
    table = Table("", "之前", "之后", box=None)
    for outcome, name in _OUTCOMES.items():
        table.add_row(name, str(trial.before.counts[outcome]), str(trial.after.counts[outcome]))
    table.add_row("平均得分", f"{trial.before.worth:.4f}", f"{trial.after.worth:.4f}")
    console.print(table)
    _tried(console, "变差", trial.lost)
    _tried(console, "变好", trial.gained)
    _line(console, may_publish(trial, reason).why)


def show_log(console: Console, revisions: Sequence[Revision]) -> None:
    if not revisions:
        console.print("还没有改动记录")
        return
    table = Table("版本", "时间", "谁", "做了什么", "条目", "变差", "说明", box=None)
    for revision in revisions:
        kinds = _kinds(revision)
        added, removed, changed = (
            kinds.count(kind) for kind in (DiffKind.ADDED, DiffKind.REMOVED, DiffKind.CHANGED)
        )
        table.add_row(
            str(revision.number),
            f"{day_in_china(revision.at)} {revision.at.astimezone():%H:%M}",
            escape(revision.who),
            _ACTS[revision.act],
            f"+{added} ~{changed} -{removed}",
            "未试" if revision.gate is None else str(len(revision.gate.lost)),
            escape(revision.why),
        )
    console.print(table)


def show_diffs(console: Console, diffs: Sequence[EntryDiff]) -> None:
    if not diffs:
        console.print("没有变化")
    for diff in diffs:
        console.print(
            f"[bold]{_KINDS[diff.kind]}[/] {escape(diff.entry_id)} {escape(diff.question)}", highlight=False
        )
        for field in diff.fields:
            for line in _field_lines(field):
                _line(console, f"  {line}")


def show_checkup(console: Console, found: Checkup) -> None:
    """Each kind with its heading; a kind without findings says so."""
    _section(
        console,
        "几条问答收录了同一个问法",
        [f"{each.text}：{'、'.join(each.entry_ids)}" for each in found.conflicts],
    )
    _section(console, "问法相近的问答", list(map(_near, found.near_duplicates)))
    _section(
        console,
        "答案相同的问答",
        [f"{'、'.join(each.entry_ids)}：{each.answer}" for each in found.same_answers],
    )
    _section(
        console,
        "问得一样、答得不一样",
        [
            f"{'、'.join(_OPPOSITES[over] for over in each.over)}：{_near(each.near)}"
            for each in found.contradictions
        ],
    )
    _section(
        console,
        "现在不会用到的问答",
        [f"{each.entry_id}：{_UNSERVED[each.why]}" for each in found.not_served],
    )
    _section(console, "答案里有问题", [f"{each.entry_id}：{each.problem}" for each in found.broken_answers])


def _section(console: Console, title: str, lines: Sequence[str]) -> None:
    console.print(f"[bold]{title}[/]：{len(lines) or '没有'}", highlight=False)
    for line in lines[:_SHOWN]:
        _line(console, "  " + line.replace("\n", " "))
    if len(lines) > _SHOWN:
        _line(console, f"  ……还有 {len(lines) - _SHOWN} 个，用 --json 看全部")


def _near(found: Likeness) -> str:
    return (
        f"{found.one.entry_id}“{found.one.text}” ↔ {found.other.entry_id}“{found.other.text}”"
        f"（语义 {found.dense:.2f}，字面 {found.wording:.2f}，{found.taken} 个问法先找到对方）"
    )


def _tried(console: Console, title: str, tried: Sequence[Tried]) -> None:
    if not tried:
        return
    table = Table(title, "条目", "之前", "之后", "现在会给", box=None)
    for each in tried[:_SHOWN]:
        table.add_row(
            escape(each.text),
            escape(each.entry_id or "（日志）"),
            _OUTCOMES[each.was],
            _OUTCOMES[each.now],
            escape("、".join(each.said)),
        )
    console.print(table)
    if len(tried) > _SHOWN:
        _line(console, f"……还有 {len(tried) - _SHOWN} 个，用 --json 看全部")


def _field_lines(field: FieldChange) -> list[str]:
    if isinstance(field, TextChange):
        before = [f"- {field.label}：{field.before}"] if field.before else []
        return before + ([f"+ {field.label}：{field.after}"] if field.after else [])
    removed = [f"- {field.label}：{text}" for text in field.removed]
    added = [f"+ {field.label}：{text}" for text in field.added]
    return [*removed, *added, *([f"~ {field.label}：换了顺序"] if field.moved else [])]


def _kinds(revision: Revision) -> list[DiffKind]:
    return [
        DiffKind.ADDED
        if change.before is None
        else DiffKind.REMOVED
        if change.after is None
        else DiffKind.CHANGED
        for change in revision.changes.entries
    ]


def _line(console: Console, text: str) -> None:
    console.print(escape(text), soft_wrap=True, highlight=False)
