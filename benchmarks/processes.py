"""What processes and the machine use, read from /proc (Linux)."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Of a family of processes. Megabytes are 10^6 bytes; ``by_program`` is resident memory.

    ``resident_mb`` adds up what each process has in memory, pages shared between them counted each time;
    ``proportional_mb`` counts a shared page once; ``peak_mb`` adds up each process's highest.
    """

    cpu_seconds: float
    resident_mb: float
    proportional_mb: float
    peak_mb: float
    by_program: dict[str, float]


def usage(roots: Sequence[int]) -> Usage:
    """Of the processes ``roots`` and all their descendants that are alive."""
    family = _family(roots)
    resident = {pid: _kilobytes(pid, "status", "VmRSS") / 1e3 for pid in family}
    by_program: dict[str, float] = {}
    for pid, megabytes in resident.items():
        name = _status(pid, "Name")
        by_program[name] = round(by_program.get(name, 0.0) + megabytes, 1)
    return Usage(
        cpu_seconds=sum(_cpu_seconds(pid) for pid in family),
        resident_mb=round(sum(resident.values()), 1),
        proportional_mb=round(sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in family) / 1e3, 1),
        peak_mb=round(sum(_kilobytes(pid, "status", "VmHWM") for pid in family) / 1e3, 1),
        by_program=by_program,
    )


def machine() -> dict[str, object]:
    """Where and when this was measured, as far as figures depend on it."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        "load_average_1min": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _family(roots: Sequence[int]) -> list[int]:
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            waiting.extend(int(child) for child in children.read_text().split())
    return found


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _kilobytes(pid: int, file: str, name: str) -> float:
    """1 kB of the kernel is 1024 bytes; the answer is in kB of 1000 bytes."""
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1.024
    return 0.0


def _status(pid: int, name: str) -> str:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    return "?"
