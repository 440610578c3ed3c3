"""One thing that must hold, how it is found out, and what was found."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

StageT = TypeVar("StageT")


class Broken(Exception):
    """What was to hold does not; the text says what was seen instead."""


class Inapplicable(Exception):
    """It cannot be found out with this bot; the text says why."""


class Status(Enum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[StageT]):
    """``run`` returns when the thing holds and raises Broken or Inapplicable when not.

    Checks that are ``alone`` disturb everybody (faults of the API) and run one after the other; the others run
    side by side. ``limit`` is in real seconds.
    """

    id: str
    chapter: str
    what: str
    run: Callable[[StageT], Awaitable[str | None]]
    alone: bool = False
    limit: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one check; ``note`` is a reason, or something worth knowing about a pass."""

    id: str
    chapter: str
    what: str
    status: Status
    note: str
    seconds: float

    def as_json(self) -> dict[str, object]:
        """For the ``--json`` report."""
        return {
            "id": self.id,
            "chapter": self.chapter,
            "what": self.what,
            "status": self.status.value,
            "note": self.note,
            "seconds": round(self.seconds, 2),
        }


async def carry_out(check: Check[StageT], stage: StageT) -> Result:
    """Run one check within its limit; a defect of the suite itself is raised, not reported as the bot's."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(check.limit):
            note = await check.run(stage) or ""
        status = Status.PASS
    except Broken as error:
        status, note = Status.FAIL, str(error)
    except Inapplicable as error:
        status, note = Status.SKIPPED, str(error)
    except TimeoutError:
        status, note = Status.FAIL, f"not over after {check.limit:g} s"
    return Result(
        id=check.id,
        chapter=check.chapter,
        what=check.what,
        status=status,
        note=note,
        seconds=time.monotonic() - started,
    )


def demand(holds: object, otherwise: str) -> None:
    """Raise Broken with the text unless the first argument is true."""
    if not holds:
        raise Broken(otherwise)
