"""The curve of coverage and wrong answers, drawn and stored."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.calibrating.curve import Curve, Grounds, draw_curve, read_curve, write_curve
from knowledge_base.calibrating.evidence import Evidence


def asked(probability: float, *, right: bool, objected: bool = False, in_scope: bool = True) -> Evidence:
    return Evidence(text="", probability=probability, right=right, objected=objected, in_scope=in_scope)


def test_each_point_counts_what_is_answered_at_its_cut_off() -> None:
    curve = draw_curve(
        [
            asked(0.5, right=False),
            asked(0.9, right=True),
            asked(0.7, right=False, in_scope=False),
            asked(0.8, right=True),
        ],
        Grounds.LABELS,
    )
    assert curve.questions == 4
    assert [(p.cut_off, p.answered, p.wrong) for p in curve.points] == [
        (0.9, 1, 0),
        (0.8, 2, 0),
        (0.7, 3, 1),
        (0.5, 4, 2),
    ]
    assert [p.coverage for p in curve.points] == [0.3333, 0.6667, 0.6667, 1.0]
    assert [p.wrong_rate for p in curve.points] == [0.0, 0.0, 0.3333, 0.5]


def test_what_the_policy_objects_to_is_never_answered() -> None:
    curve = draw_curve([asked(0.9, right=True, objected=True), asked(0.2, right=True)], Grounds.PHRASINGS)
    assert [(p.cut_off, p.coverage) for p in curve.points] == [(0.2, 0.5)]


def test_no_more_than_forty_points() -> None:
    evidence = [asked(number / 1000, right=True) for number in range(1000)]
    points = draw_curve(evidence, Grounds.PHRASINGS).points
    assert len(points) == 40
    assert (points[0].answered, points[-1].answered) == (1, 1000)


def test_it_is_stored_with_the_version(tmp_path: Path) -> None:
    curve = draw_curve([asked(0.9, right=True), asked(0.3, right=False)], Grounds.LABELS)
    assert read_curve(tmp_path) is None
    write_curve(tmp_path, curve)
    assert read_curve(tmp_path) == curve


def test_nothing_to_draw() -> None:
    assert draw_curve([], Grounds.PHRASINGS) == Curve(grounds=Grounds.PHRASINGS, questions=0, points=())
