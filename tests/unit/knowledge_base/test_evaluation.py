"""The arithmetic of an evaluation, on a case worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.entry import EntryId
from knowledge_base.evaluation import (
    CURVE,
    Judged,
    Question,
    find_all,
    latency,
    policy_figures,
    ranking,
    report,
)
from knowledge_base.evaluation_files import (
    EvaluationFileBroken,
    decision_line,
    read_entries,
    read_out_of_scope,
    read_questions,
    write_decisions,
)
from tests.unit.knowledge_base.shop import SHOP, build, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder


def candidate(entry_id: str) -> Candidate:
    return Candidate(entry_id=EntryId(entry_id), question="问", answer="答", score=0.5, probability=0.5)


def judged(expected: str, ranked: str, decision: str) -> Judged:
    """``expected`` and ``ranked`` name entries by letter; ``decision`` is answer, ask or refuse."""
    candidates = tuple(candidate(letter) for letter in ranked)
    decisions: dict[str, Decision] = {
        "answer": Answer(candidate=candidates[0]) if candidates else Refuse(reason=RefuseReason.NO_TEXT),
        "ask": Ask(candidates=candidates[:3]),
        "refuse": Refuse(reason=RefuseReason.NOTHING_NEAR),
    }
    verdict = Verdict(decision=decisions[decision], rule=Rule.SURE, probability=0.5, ranked=candidates)
    return Judged(question=Question(text="q", expected=frozenset(expected)), verdict=verdict)


CASE = [
    judged("a", "abc", "answer"),  # right
    judged("a", "bac", "answer"),  # wrong, second place
    judged("ad", "bcd", "ask"),  # third place, shown
    judged("a", "bcdea", "ask"),  # fifth place, not shown
    judged("a", "bcd", "refuse"),  # not found
    judged("", "a", "answer"),  # out of scope, answered
    judged("", "abc", "ask"),  # out of scope, asked back: not refused
    judged("", "abc", "refuse"),
    judged("", "", "refuse"),
]


def test_ranking() -> None:
    figures = ranking([each for each in CASE if each.in_scope])
    assert figures["recall_at_1"] == pytest.approx(1 / 5)
    assert figures["recall_at_3"] == pytest.approx(3 / 5)
    assert figures["mrr_at_10"] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 5 + 0) / 5, abs=1e-6)


def test_policy_figures() -> None:
    figures = policy_figures(CASE)
    assert figures["coverage"] == pytest.approx(2 / 5)
    assert figures["wrong_rate"] == pytest.approx(2 / 3, abs=1e-6)
    assert figures["clarify_rate"] == pytest.approx(2 / 5)
    assert figures["clarify_hit_rate"] == pytest.approx(1 / 2)
    assert figures["oos_refused"] == pytest.approx(2 / 4)


def test_a_right_entry_beyond_the_tenth_place_does_not_count() -> None:
    assert ranking([judged("z", "abcdefghijz", "ask")])["mrr_at_10"] == 0


def test_shares_of_nothing_are_null() -> None:
    assert set(policy_figures([]).values()) == {None}
    assert set(ranking([]).values()) == {None}
    assert set(latency([]).values()) == {None}
    only_refused = policy_figures([judged("a", "b", "refuse")])
    assert only_refused["wrong_rate"] is None
    assert only_refused["clarify_hit_rate"] is None
    assert only_refused["coverage"] == 0


def test_a_report_over_an_index(tmp_path: Path) -> None:
    embedder, steps = WordEmbedder(), []
    build(tmp_path, SHOP, embedder)
    questions = [
        Question(text="你好，怎么开发票？", expected=frozenset({"invoice"})),
        Question(text="🙂", expected=frozenset({"return"})),
        Question(text="量子力学", expected=frozenset()),
    ]
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.02)
    found = find_all(questions, open_current(tmp_path), embedder, policy, lambda: steps.append(1))
    figures = report(found, policy, entries=len(SHOP), model="words")
    assert len(steps) == 3
    assert (figures["faq"], figures["queries"], figures["oos"]) == (4, 2, 1)
    assert figures["recall_at_1"] == 0.5
    assert figures["coverage"] == 0.5
    assert figures["wrong_rate"] == 0
    curve = figures["curve"]
    assert isinstance(curve, list)
    assert [point["max_wrong_rate"] for point in curve] == list(CURVE)
    assert json.loads(json.dumps(figures))["model"] == "words"


def test_files(tmp_path: Path) -> None:
    faq = tmp_path / "faq.jsonl"
    faq.write_text(
        '{"id": 1, "question": "怎么退货", "similar": "退货|我要退"}\n\n{"id": "b", "question": "问", "answer": "答"}\n'
    )
    first, second = read_entries(faq)
    assert (first.id, first.similar, second.answer) == ("1", ("退货", "我要退"), "答")
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query": "退", "ids": ["1", 2]}')
    assert read_questions(queries) == [Question(text="退", expected=frozenset({"1", "2"}))]
    outside = tmp_path / "oos.jsonl"
    outside.write_text('{"query": "天气", "kind": "far"}')
    assert read_out_of_scope(outside) == [Question(text="天气", expected=frozenset(), kind="far")]


@pytest.mark.parametrize(
    ("reader", "line"),
    [
        (read_entries, '{"id": "a"}'),
        (read_entries, "[]"),
        (read_entries, "{"),
        (read_questions, '{"query": "退"}'),
        (read_questions, '{"query": "退", "ids": []}'),
        (read_questions, '{"query": 5, "ids": ["a"]}'),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, reader, line: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "broken.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(EvaluationFileBroken, match=r"broken\.jsonl:2: "):
        reader(file)


def test_an_id_given_twice_is_named(tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    file.write_text('{"id": "a", "question": "一"}\n{"id": "a", "question": "二"}\n')
    with pytest.raises(EvaluationFileBroken, match="twice"):
        read_entries(file)


def test_decisions_are_written_one_line_each(tmp_path: Path) -> None:
    write_decisions(tmp_path / "out.jsonl", CASE)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(lines) == len(CASE)
    assert lines[2] == decision_line(CASE[2])
    assert lines[2]["decision"] == "ask"
    assert [each["id"] for each in lines[2]["ranked"]] == ["b", "c", "d"]
    assert {"query", "decision", "ranked", "probability"} <= set(lines[2])
