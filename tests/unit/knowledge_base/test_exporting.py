"""What is exported comes back unchanged, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.attachment import Attachment, AttachmentKind
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.exporting import ExportImpossible, export_bytes, export_file
from knowledge_base.importing.cleaning import clean
from knowledge_base.importing.files import read_files
from knowledge_base.importing.formula_guard import guarded, unguarded
from knowledge_base.importing.planning import Plan, plan_import
from knowledge_base.text import exact_key, tidy
from tests.unit.knowledge_base.shop import SHOP

FORMATS = (".csv", ".xlsx", ".jsonl", ".yaml")
NASTY = Entry(
    id=EntryId("nasty"),
    question="=1+1等于几",
    answer='- 第一步\n- 第二步，“引号”"和,逗号',
    similar=("满|减怎么算", "@客服", "'=撇号", "yes", "1.0"),
    category="+其他",
    variants=in_order({"kefu": "{name}好", "*/vip": "=贵宾"}),
    valid_from=date(2026, 11, 1),
    attachments=(
        Attachment(kind=AttachmentKind.LINK, ref="https://shop.example/?a=1&b=2", title="退货 说明"),
        Attachment(
            kind=AttachmentKind.MINIPROGRAM,
            ref="wx0123456789abcdef",
            page="pages/a.html",
            title="商城",
            thumb="MEDIA",
        ),
    ),
    disabled=True,
    note="改过\n两次",
)


def imported(entries: tuple[Entry, ...], folder: Path, suffix: str, existing: tuple[Entry, ...]) -> Plan:
    path = folder / f"out{suffix}"
    path.write_bytes(export_bytes(entries, suffix))
    reading = read_files([path])
    assert reading.problems == ()
    assert reading.ignored == ()
    return plan_import(existing, reading.drafts)


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_exported_is_imported_unchanged(tmp_path: Path, suffix: str) -> None:
    entries = (*SHOP, NASTY)
    plan = imported(entries, tmp_path, suffix, entries)
    assert (plan.unchanged, plan.updated, plan.added) == (5, 0, 0)
    assert imported(entries, tmp_path, suffix, ()).entries == entries


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_old_export_brings_back_what_there_was(tmp_path: Path, suffix: str) -> None:
    later = tuple(
        replace(
            each, note="新备注", variants=in_order({"kefu": "x"}), valid_until=date(2027, 1, 1), disabled=True
        )
        for each in (*SHOP, NASTY)
    )
    entries = (*SHOP, NASTY)
    assert imported(entries, tmp_path, suffix, later).entries == entries


words = st.text(alphabet="怎么退货ab1=+-@'|\\ \n\t,;\"#:{}[]&*", min_size=1, max_size=12).map(clean)
questions = words.filter(lambda text: bool(exact_key(tidy(text))) and not set(text) & set("{}"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=questions, similar=st.lists(questions, max_size=3), note=words, suffix=st.sampled_from(FORMATS)
)
def test_any_text_comes_back(
    tmp_path: Path, question: str, similar: list[str], note: str, suffix: str
) -> None:
    kept = {tidy(text): text for text in reversed(similar) if tidy(text) != tidy(question)}
    entry = Entry(
        id=EntryId("e"), question=question, answer=question, similar=tuple(kept.values()), note=note
    )
    assert imported((entry,), tmp_path, suffix, ()).entries == (entry,)


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@a", "\ta", "＝1", "'=a", "''=a"])
def test_cells_that_look_like_formulas_are_guarded(cell: str) -> None:
    assert guarded(cell).startswith("'")
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["退货", "'引号", "a=b", ""])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == unguarded(cell) == cell


def test_no_exported_cell_is_a_formula() -> None:
    table = csv.reader(io.StringIO(export_bytes((NASTY,), ".csv").decode("utf-8-sig"), newline=""))
    assert not [cell for row in table for cell in row if cell[:1] in "=+-@" and cell]
    book = openpyxl.load_workbook(io.BytesIO(export_bytes((NASTY,), ".xlsx")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "'=1+1等于几" in {cell.value for cell in cells}


def test_what_cannot_be_written_says_what_can(tmp_path: Path) -> None:
    with pytest.raises(ExportImpossible, match=r"\.csv \.xlsx"):
        export_bytes(SHOP, ".docx")
    long = replace(SHOP[0], similar=tuple(f"{number}" + "长" * 190 for number in range(200)))
    with pytest.raises(ExportImpossible, match=r"return.*jsonl"):
        export_bytes((long,), ".xlsx")
    with pytest.raises(ExportImpossible, match="写不了"):
        export_file(SHOP, tmp_path / "no" / "out.csv")
