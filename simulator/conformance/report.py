"""What a run found: a table for people, one object for programs, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from simulator.conformance.check import Result, Status

_MARKS = {Status.PASS: "pass", Status.FAIL: "FAIL", Status.SKIPPED: "skip"}


def exit_code(results: Sequence[Result]) -> int:
    """0 when everything that could be found out holds, 1 when something does not."""
    return 1 if any(result.status is Status.FAIL for result in results) else 0


def as_json(target: str, results: Sequence[Result]) -> dict[str, object]:
    """``{"target", "counts": {"pass", "fail", "skipped"}, "checks": […]}``."""
    counts = Counter(result.status.value for result in results)
    return {
        "target": target,
        "counts": {status.value: counts[status.value] for status in Status},
        "checks": [result.as_json() for result in results],
    }


def as_table(results: Sequence[Result]) -> str:
    """One line for each check, grouped by chapter, reasons below, sums at the end."""
    width = max((len(result.id) for result in results), default=0)
    lines: list[str] = []
    chapter = ""
    for result in results:
        if result.chapter != chapter:
            chapter = result.chapter
            lines += ["", chapter]
        lines.append(f"  {_MARKS[result.status]}  {result.id:<{width}}  {result.what}")
        if result.note:
            lines.append(f"        {'':<{width}}  → {result.note}")
    counts = Counter(result.status for result in results)
    lines += [
        "",
        f"{counts[Status.PASS]} hold, {counts[Status.FAIL]} do not, {counts[Status.SKIPPED]} could not be found out",
    ]
    return "\n".join(lines).lstrip("\n") + "\n"
