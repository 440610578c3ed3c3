"""What a build finds out about its index, and what the policy makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.answering import Policy
from knowledge_base.calibrating.curve import Grounds, read_curve
from knowledge_base.calibrating.evidence import Evidence, evidence_of_labels, evidence_of_phrasings
from knowledge_base.calibrating.refitting import ENOUGH_LABELS, refitted
from knowledge_base.calibration import Tier, shipped_calibration
from knowledge_base.entry import EntryId
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion, stored_labels
from tests.unit.knowledge_base.shop import SHOP
from tests.unit.knowledge_base.word_embedder import WordEmbedder

SHIPPED = shipped_calibration()
ASKED = LabelledQuestion(text="门店营业到晚上几点", expected=frozenset({EntryId("hours")}))
STORED = LabelledQuestion(text="怎么申请退货", expected=frozenset({EntryId("return")}))


def built(path: Path, labels: list[LabelledQuestion] | None = None) -> Built:
    return build_index(
        Shelf(path), SHOP, WordEmbedder(), lambda done, total: None, labels=labels, calibration=SHIPPED
    )


def opened(path: Path, version: Built) -> IndexVersion:
    return IndexVersion.open(Shelf(path).folder(version.version))


def labels(count: int) -> list[LabelledQuestion]:
    """Questions that nobody stored, all of them about the shop's hours."""
    return [
        LabelledQuestion(text=f"{number}号门店几点关门呀", expected=frozenset({EntryId("hours")}))
        for number in range(count)
    ]


def test_phrasings_are_asked_as_if_they_were_not_stored(tmp_path: Path) -> None:
    evidence = evidence_of_phrasings(opened(tmp_path, built(tmp_path)), SHIPPED)
    assert len(evidence) == sum(len(entry.phrasings) for entry in SHOP)
    assert all(each.in_scope and each.probability < 1 for each in evidence)
    assert len(evidence_of_phrasings(opened(tmp_path, built(tmp_path)), SHIPPED, most=3)) == 3


def test_a_label_that_is_stored_proves_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, built(tmp_path))
    (evidence,) = evidence_of_labels(index, WordEmbedder(), [ASKED, STORED], SHIPPED)
    assert evidence.right
    assert evidence.in_scope


def test_a_build_keeps_labels_and_curve_with_the_index(tmp_path: Path) -> None:
    first = built(tmp_path)
    curve = read_curve(Shelf(tmp_path).folder(first.version))
    assert curve is not None
    assert curve.grounds is Grounds.PHRASINGS
    second = built(tmp_path, [ASKED])
    assert second.version != first.version
    assert stored_labels(Shelf(tmp_path).folder(second.version)) == (ASKED,)
    assert built(tmp_path).version == second.version, "the labels of the index in use are kept"
    assert opened(tmp_path, second).calibration is None


def test_with_enough_labels_the_index_has_cut_offs_of_its_own(tmp_path: Path) -> None:
    version = built(tmp_path, labels(ENOUGH_LABELS))
    index = opened(tmp_path, version)
    curve = read_curve(Shelf(tmp_path).folder(version.version))
    assert curve is not None
    assert (curve.grounds, curve.questions) == (Grounds.LABELS, ENOUGH_LABELS)
    assert index.calibration is not None
    assert index.calibration.first == SHIPPED.first
    policy = Policy(calibration=SHIPPED, max_wrong_rate=0.02)
    assert policy.fitted_to(index).calibration == index.calibration
    assert policy.fitted_to(None) is policy


@pytest.mark.parametrize(("count", "own"), [(ENOUGH_LABELS - 1, False), (ENOUGH_LABELS, True)])
def test_only_enough_labels_move_the_cut_offs(count: int, own: bool) -> None:
    evidence = [Evidence(text="", probability=0.4, right=True, objected=False, in_scope=True)] * count
    calibration = refitted(SHIPPED, evidence)
    assert (calibration is not SHIPPED) == own
    if own:
        assert {tier.cut_off(0.02) for tier in calibration.tiers} == {0.4}
        assert [replace(tier, cut_offs=()) for tier in calibration.tiers] == [
            Tier(phrasings=tier.phrasings, ask_from=tier.ask_from, cut_offs=()) for tier in SHIPPED.tiers
        ]
