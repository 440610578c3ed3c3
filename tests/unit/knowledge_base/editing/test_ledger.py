"""Publishing changes: numbered, conditional, recoverable."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge_base.editing.changes import digest_of
from knowledge_base.editing.ledger import FOUND, EditConflict, Ledger, without
from knowledge_base.editing.revisions import Act, Gate, NoSuchRevision, Revision, RevisionsCorrupt, state_at
from knowledge_base.entries import EntryFile
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from tests.unit.knowledge_base.shop import SHOP, entry

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def publish(
    ledger: Ledger,
    after: Sequence[Entry],
    *,
    base: int | None = None,
    who: str = "王",
    gate: Gate | None = None,
) -> Revision | None:
    with ledger.changing() as opened:
        return opened.publish(after, act=Act.EDIT, who=who, why="试试", now=NOW, base=base, gate=gate)


def test_revisions_are_numbered_and_say_who_and_why(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "kb")
    gate = Gate(questions=3, lost=("怎么退",), gained=(), worth_before=0.5, worth_after=0.25)
    first = publish(ledger, SHOP[:2])
    second = publish(ledger, SHOP, gate=gate)
    assert first is not None
    assert second is not None
    assert (first.number, second.number, second.who, second.why, second.at) == (1, 2, "王", "试试", NOW)
    assert ledger.revisions() == (first, second)
    assert ledger.revisions()[1].gate == gate
    assert ledger.entries() == SHOP
    assert [change.entry_id for change in second.changes.entries] == ["hours", "coupon"]
    assert state_at(ledger.revisions(), 1) == SHOP[:2]
    assert state_at(ledger.revisions(), 0) == ()


def test_the_same_again_is_no_revision(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    assert publish(ledger, SHOP) is None
    assert len(ledger.revisions()) == 1


def test_entries_from_before_there_were_revisions_become_the_first(tmp_path: Path) -> None:
    EntryFile(tmp_path).write(SHOP[:3])
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    found, changed = ledger.revisions()
    assert (found.act, found.why, found.number, changed.number) == (Act.OUTSIDE, FOUND, 1, 2)
    assert state_at(ledger.revisions(), 1) == SHOP[:3]


def test_a_change_by_other_means_is_written_down(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    EntryFile(tmp_path).write(SHOP[1:])
    with ledger.changing() as opened:
        assert opened.entries == SHOP[1:]
        assert opened.number == 2
    found = ledger.revisions()[-1]
    assert found.act is Act.OUTSIDE
    assert [change.entry_id for change in found.changes.entries] == ["return"]
    assert state_at(ledger.revisions(), 2) == SHOP[1:]


def test_going_back_brings_back_every_entry_in_its_place(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    publish(ledger, (entry("new", "新问题"), *SHOP[2:]))
    publish(ledger, SHOP[3:])
    with ledger.changing() as opened:
        back = opened.publish(opened.state_at(1), act=Act.ROLLBACK, who="李", why="错了", now=NOW)
    assert back is not None
    assert back.number == 4
    assert ledger.entries() == SHOP
    with ledger.changing() as opened, pytest.raises(NoSuchRevision, match="没有第 5 版，现有 1 到 4"):
        opened.state_at(5)


def test_two_editors_of_one_entry_conflict_and_the_second_is_told(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    publish(ledger, (replace(SHOP[0], answer="王的"), *SHOP[1:]), base=1)
    with pytest.raises(
        EditConflict, match=r"return（怎么申请退货） 在第 2 版由 王 改过，您是从第 1 版"
    ) as told:
        publish(ledger, (replace(SHOP[0], answer="李的"), *SHOP[1:]), base=1, who="李")
    assert told.value.entry_ids == ("return",)
    assert ledger.entries()[0].answer == "王的"
    assert len(ledger.revisions()) == 2


def test_two_editors_of_different_entries_do_not_conflict(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    for place, who in ((0, "王"), (1, "李")):
        with ledger.changing() as opened:
            after = list(opened.entries)
            after[place] = replace(after[place], answer=who)
            opened.publish(after, act=Act.EDIT, who=who, why="", now=NOW, base=1)
    assert [each.answer for each in ledger.entries()[:2]] == ["王", "李"]


def test_removing_what_somebody_changed_is_a_conflict_too(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    publish(ledger, (replace(SHOP[0], answer="王的"), *SHOP[1:]), base=1)
    with pytest.raises(EditConflict):
        publish(ledger, without(ledger.entries(), [EntryId("return")]), base=1)


def test_changes_made_by_many_at_once_are_all_kept(tmp_path: Path) -> None:
    def add(number: int) -> None:
        ledger = Ledger(tmp_path)
        with ledger.changing() as opened:
            after = (*opened.entries, entry(f"e{number}", f"第{number}个问题"))
            opened.publish(after, act=Act.EDIT, who="", why="", now=NOW)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = Ledger(tmp_path)
    assert {each.id for each in ledger.entries()} == {f"e{number}" for number in range(8)}
    assert [revision.number for revision in ledger.revisions()] == list(range(1, 9))
    assert digest_of(ledger.entries()) == ledger.revisions()[-1].digest


def test_a_revision_cut_short_was_never_published(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    publish(ledger, SHOP)
    with (tmp_path / "revisions.jsonl").open("ab") as file:
        file.write('{"number": 2, "who": "王'.encode()[:-1])
    assert len(ledger.revisions()) == 1
    publish(ledger, SHOP[1:])
    assert [revision.number for revision in ledger.revisions()] == [1, 2]


def test_a_damaged_revision_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "revisions.jsonl").write_text('{"number": 1}\n')
    with pytest.raises(RevisionsCorrupt, match=r"revisions\.jsonl"):
        Ledger(tmp_path).revisions()


def test_removing_an_entry_that_is_not_there_is_an_error() -> None:
    assert without(SHOP, [SHOP[0].id]) == SHOP[1:]
    with pytest.raises(KnowledgeBaseError, match="nobody"):
        without(SHOP, [EntryId("nobody")])


def test_a_naive_time_is_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path).changing() as opened, pytest.raises(ValueError, match="aware"):
        opened.publish(SHOP, act=Act.EDIT, who="", why="", now=datetime(2026, 1, 1))  # noqa: DTZ001
    assert Ledger(tmp_path).entries() == ()
