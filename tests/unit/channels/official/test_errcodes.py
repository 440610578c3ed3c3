"""The errcode table: what each code makes us do, and that docs/errcodes.md says the same."""

from pathlib import Path

import pytest

from channels.errcodes import Reaction
from channels.official.errcodes import ERRCODES

DOCUMENT = Path(__file__).parents[4] / "docs" / "errcodes.md"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0, 45065], Reaction.SENT),
        ([-1, 61450], Reaction.RETRY),
        ([40001, 40014, 42001], Reaction.REFRESH_TOKEN),
        ([45009, 45011, 45066], Reaction.RETRY_AFTER_WINDOW),
        ([45015, 45047], Reaction.WINDOW_CLOSED),
        ([40003, 43004, 48001, 48002, 40200, *range(65400, 65418), *range(61451, 61458)], Reaction.REFUSED),
        ([40013, 40125, 40164, 41001, 48004], Reaction.CONFIG),
    ],
)
def test_reactions(codes: list[int], expected: Reaction) -> None:
    assert {code: ERRCODES.reaction(code) for code in codes} == dict.fromkeys(codes, expected)


def test_an_unknown_code_is_refused_and_somebody_hears_of_it() -> None:
    row = ERRCODES.row(99_999)
    assert (row.reaction, row.alarm) == (Reaction.REFUSED, True)


def test_waits_are_given_exactly_where_the_reaction_waits() -> None:
    waiting = {Reaction.RETRY_AFTER_WINDOW, Reaction.CONFIG}
    assert all((row.retry_after is not None) == (row.reaction in waiting) for row in ERRCODES.rows.values())
    assert ERRCODES.row(45011).retry_after == 60


def test_the_document_has_the_table_as_it_is() -> None:
    wanted = [
        f"| {row.code} | {row.meaning} | {row.reaction.value} | "
        f"{'' if row.retry_after is None else f'{row.retry_after:g} s'} | {'yes' if row.alarm else ''} |"
        for row in sorted(ERRCODES.rows.values(), key=lambda row: row.code)
    ]
    lines = DOCUMENT.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---")) + 1
    assert lines[start : start + len(wanted) + 1] == [*wanted, ""]
