"""What was found survives the file, and what is forgotten is gone from it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from console.gaps.kept import KeptMined, MinedFile, kept, restored, still_open
from console.gaps.work import NOT_FINISHED, STALE_S, Note, Stage, WorkNotes
from knowledge_base.entry import EntryId
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.gathering import gather
from knowledge_base.mining.miner import Mined
from knowledge_base.mining.suggesting import Advice, Suggestion
from storage.times import to_ms
from tests.unit.knowledge_base.mining.log import NOW, logged

QUESTIONS = tuple(
    logged(text, ago=timedelta(hours=hours))
    for hours, text in enumerate(("可以代写贺卡吗", "能写贺卡吗", "请问可以代写贺卡吗？", "贺卡帮写吗"))
)
BY_KEY = {question.key: question for question in QUESTIONS}


def found() -> tuple[Cluster, KeptMined]:
    members = gather(QUESTIONS).alike
    suggestion = Suggestion(advice=Advice.ADD_PHRASINGS, nearest=EntryId("wrap"), support=0.75)
    examples = tuple(member.text for member in members)
    cluster = Cluster(members=members, examples=examples, suggestion=suggestion)
    mined = Mined(
        clusters=(cluster,),
        logged=9,
        missed=4,
        distinct=3,
        left_out=0,
        solved=0,
        single=0,
        open=members,
    )
    return cluster, kept(mined, at_ms=to_ms(NOW), since_ms=0)


def test_a_cluster_comes_back_from_the_file_as_it_was(tmp_path: Path) -> None:
    cluster, mined = found()
    file = MinedFile(tmp_path / "mining")
    assert file.get() is None
    file.put(mined)
    read = MinedFile(tmp_path / "mining").get()
    assert read == mined
    part = mined.cluster(cluster.id)
    assert part is not None
    assert restored(part, BY_KEY) == cluster
    assert still_open(mined, BY_KEY) == cluster.members
    assert mined.cluster("nothing") is None


def test_no_text_of_a_question_is_in_the_file(tmp_path: Path) -> None:
    MinedFile(tmp_path).put(found()[1])
    written = (tmp_path / "found.json").read_text("utf-8").encode().decode("unicode_escape")
    assert not any(question.text in written for question in QUESTIONS)
    assert "贺卡" not in written


def test_what_is_gone_from_the_log_is_gone_here() -> None:
    cluster, mined = found()
    (part,) = mined.clusters
    left = {QUESTIONS[1].key: QUESTIONS[1]}
    again = restored(part, left)
    assert again is not None
    assert [member.text for member in again.members] == ["能写贺卡吗"]
    assert again.examples == ("能写贺卡吗",)
    assert restored(part, {}) is None
    assert cluster.id == part.id


def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text("{", encoding="utf-8")
    assert MinedFile(tmp_path).get() is None


def test_work_without_news_has_broken_off(tmp_path: Path) -> None:
    notes = WorkNotes(tmp_path)
    assert notes.get("finding") is None
    assert notes.get("../finding") is None
    notes.put("finding", Note(stage=Stage.WORKING, at=tmp_path.stat().st_mtime - STALE_S - 60))
    broken = notes.get("finding")
    assert broken is not None
    assert (broken.stage, broken.problem) == (Stage.FAILED, NOT_FINISHED)


def test_notes_are_thrown_away_but_for_one(tmp_path: Path) -> None:
    notes = WorkNotes(tmp_path)
    for name in ("finding", "abc"):
        notes.put(name, Note(stage=Stage.DONE, at=0.0, result={"answer": "好"}))
    notes.clear(but="finding")
    kept_note = notes.get("finding")
    assert kept_note is not None
    assert kept_note.result == {"answer": "好"}
    assert notes.get("abc") is None
