"""How a check ends, and what the report makes of it."""

from __future__ import annotations

import asyncio

import pytest

from simulator.conformance.check import Broken, Check, Inapplicable, Result, Status, carry_out, demand
from simulator.conformance.report import as_json, as_table, exit_code


async def _holds(_: None) -> str:
    return "a note"


async def _breaks(_: None) -> None:
    raise Broken("seen otherwise")


async def _cannot(_: None) -> None:
    raise Inapplicable("no way to know")


async def _never_ends(_: None) -> None:
    await asyncio.Event().wait()


async def _is_wrong_itself(_: None) -> None:
    raise KeyError("the suite's own defect")


def check(run: object, *, limit: float = 5.0) -> Check[None]:
    return Check(id="a.b", chapter="A", what="it holds", run=run, limit=limit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("run", "status", "note"),
    [
        (_holds, Status.PASS, "a note"),
        (_breaks, Status.FAIL, "seen otherwise"),
        (_cannot, Status.SKIPPED, "no way to know"),
    ],
)
async def test_how_a_check_ends(run: object, status: Status, note: str) -> None:
    result = await carry_out(check(run), None)
    assert (result.id, result.status, result.note) == ("a.b", status, note)


async def test_what_does_not_end_in_time_does_not_hold() -> None:
    result = await carry_out(check(_never_ends, limit=0.001), None)
    assert (result.status, result.note) == (Status.FAIL, "not over after 0.001 s")


async def test_a_defect_of_the_suite_is_not_the_bots() -> None:
    with pytest.raises(KeyError):
        await carry_out(check(_is_wrong_itself), None)


def test_demand() -> None:
    demand(1, "never said")
    with pytest.raises(Broken, match="as it is"):
        demand([], "as it is")


def result(name: str, chapter: str, status: Status, note: str = "") -> Result:
    return Result(id=name, chapter=chapter, what=f"what {name} is", status=status, note=note, seconds=1.234)


RESULTS = (
    result("a.1", "A", Status.PASS),
    result("a.2", "A", Status.FAIL, "because"),
    result("b.1", "B", Status.SKIPPED, "unknowable"),
)


def test_the_table_groups_by_chapter_and_gives_reasons() -> None:
    assert as_table(RESULTS).splitlines() == [
        "A",
        "  pass  a.1  what a.1 is",
        "  FAIL  a.2  what a.2 is",
        "             → because",
        "",
        "B",
        "  skip  b.1  what b.1 is",
        "             → unknowable",
        "",
        "1 hold, 1 do not, 1 could not be found out",
    ]


def test_the_object_for_programs() -> None:
    report = as_json("http://bot/", RESULTS)
    assert report["counts"] == {"pass": 1, "fail": 1, "skipped": 1}
    checks = report["checks"]
    assert isinstance(checks, list)
    assert checks[1] == {
        "id": "a.2",
        "chapter": "A",
        "what": "what a.2 is",
        "status": "fail",
        "note": "because",
        "seconds": 1.23,
    }


def test_the_exit_code() -> None:
    assert exit_code(RESULTS) == 1
    assert exit_code((RESULTS[0], RESULTS[2])) == 0
