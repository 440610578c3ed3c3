"""WeCom's errcode table: what each code makes us do, and that docs/errcodes.md says the same."""

from pathlib import Path

import pytest

from channels.errcodes import ErrcodeTable, Reaction, refused
from channels.wecom.checkup import CURES
from channels.wecom.errcodes import ERRCODES

DOCUMENT = Path(__file__).parents[4] / "docs" / "errcodes.md"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0, 42014, 42022], Reaction.SENT),
        ([-1, 41096, 95018], Reaction.RETRY),
        ([40001, 40014, 42001], Reaction.REFRESH_TOKEN),
        ([45009, 45033, 41094], Reaction.RETRY_AFTER_WINDOW),
        ([95001, 95002, 95013, 95031], Reaction.WINDOW_CLOSED),
        (
            [40003, 40058, 40096, 41050, 41051, 60111, 81013, 81017, 84061, 86008, 93000, 93004, 93008, 95000,
             95003, 95005, 95006, 95007, 95008, 95009, 95014, 95015, 95016, 95019, 95022, 95027, 95030, 846608],
            Reaction.REFUSED,
        ),
        (
            [40013, 41001, 48002, 48004, 48007, 60011, 60020, 60030, 60031, 301002, 95004, 95010, 95011, 95012, 95017,
             95023, 95026, 95032],
            Reaction.CONFIG,
        ),
    ],
)  # fmt: skip
def test_reactions(codes: list[int], expected: Reaction) -> None:
    assert {code: ERRCODES.reaction(code) for code in codes} == dict.fromkeys(codes, expected)


def test_an_unknown_code_is_refused_and_somebody_hears_of_it() -> None:
    row = ERRCODES.row(99_999)
    assert (row.reaction, row.alarm) == (Reaction.REFUSED, True)
    assert 99_999 not in ERRCODES


def test_waits_are_given_exactly_where_the_reaction_waits() -> None:
    waiting = {Reaction.RETRY_AFTER_WINDOW, Reaction.CONFIG}
    assert all((row.retry_after is not None) == (row.reaction in waiting) for row in ERRCODES.rows.values())


def test_a_code_stands_once() -> None:
    with pytest.raises(ValueError, match="7 stands twice"):
        ErrcodeTable((refused(7, "one"), refused(7, "two")))


def test_every_wrong_setting_has_a_cure() -> None:
    wrong = {row.code for row in ERRCODES.rows.values() if row.reaction is Reaction.CONFIG}
    # gettoken tells these itself; a call without a token is our own mistake.
    assert wrong - {40013, 41001, 48004} <= set(CURES)


def test_the_document_has_the_table_as_it_is() -> None:
    wanted = [
        f"| {row.code} | {row.meaning} | {row.reaction.value} | "
        f"{'' if row.retry_after is None else f'{row.retry_after:g} s'} | {'yes' if row.alarm else ''} |"
        for row in sorted(ERRCODES.rows.values(), key=lambda row: row.code)
    ]
    lines = DOCUMENT.read_text().splitlines()
    heading = lines.index("## 企业微信 and 微信客服")
    start = next(n for n, line in enumerate(lines) if n > heading and line.startswith("|---")) + 1
    assert lines[start : start + len(wanted) + 1] == [*wanted, ""]
