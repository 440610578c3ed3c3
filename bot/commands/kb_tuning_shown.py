"""What ``kb tune`` prints for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from bot.commands.kb_tuning import Attempts, EmbedderAttempt, RerankerAttempt
from knowledge_base.index.build import Built

_NAMED = 20


def show_attempts(console: Console, attempts: Attempts, built: Built | None) -> None:
    if attempts.embedder:
        _show_embedder(console, attempts.embedder)
    if attempts.reranker:
        _show_reranker(console, attempts.reranker)
    for name, attempt in (("模型", attempts.embedder), ("重排模型", attempts.reranker)):
        if attempt and not attempt.used:
            console.print(f"{name}没有变好，没有换上；仍要换上请写明 --reason")
    if built is not None:
        used = [
            name
            for name, attempt in (("模型", attempts.embedder), ("重排模型", attempts.reranker))
            if attempt and attempt.used
        ]
        console.print(f"{'、'.join(used)}已换上，索引 {built.version[:8]}；换回去：kb tune --undo")


def _show_embedder(console: Console, attempt: EmbedderAttempt) -> None:
    found = attempt.comparison
    console.print(f"模型：在没拿来训练的 {found.questions} 个问题上（错答比例不高于原来时）：")
    _show_rows(
        console,
        (
            ("第一条就对", found.before.right_first, found.after.right_first),
            ("直接回答", found.before.coverage, found.after.coverage),
            ("其中答错", found.before.wrong, found.after.wrong),
        ),
    )
    _show_lost(console, "原来答对、现在会答错的", found.lost)


def _show_reranker(console: Console, attempt: RerankerAttempt) -> None:
    found = attempt.comparison
    console.print(f"重排模型：在没拿来训练的 {found.questions} 个问题上：")
    before, after = found.before, found.after
    _show_rows(
        console,
        (
            ("细看之后第一条就对", before.right_first, after.right_first),
            ("直接回答", before.coverage, after.coverage),
            ("其中答错", before.wrong, after.wrong),
            ("反问里有对的", before.offered, after.offered),
        ),
    )
    console.print(
        f"  每题得分  {before.worth:.3f} → {after.worth:.3f}"
        f"（差 {found.gain:+.3f}，超过 {found.chance:.3f} 才不算碰巧）"
    )
    if found.without.worth > max(before.worth, after.worth):
        console.print(
            f"  不用重排模型时 {found.without.worth:.3f}，更高：knowledge_base.reranker 可以设成 none"
        )
    _show_lost(console, "得分变低的", found.lost)


def _show_rows(console: Console, rows: Sequence[tuple[str, float, float]]) -> None:
    for name, was, now in rows:
        console.print(f"  {name}  {was:.1%} → {now:.1%}")


def _show_lost(console: Console, what: str, lost: Sequence[str]) -> None:
    if not lost:
        return
    console.print(f"{what} {len(lost)} 个：")
    for text in lost[:_NAMED]:
        console.print(f"  {escape(text)}", highlight=False)
