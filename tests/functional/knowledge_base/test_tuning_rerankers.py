"""``kb tune`` with a reranker: a real CrossEncoder, tiny, trained, judged, used, refused and undone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from knowledge_base.reranker.cross_encoder import CrossEncoderReranker, open_cross_encoder
from knowledge_base.rerankers import Rerankers
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.tuning.lessons import Lesson
from knowledge_base.tuning.reranker_training import RerankerRecipe, train, tune_reranker
from tests.functional.knowledge_base.shop import SECONDS, ShopInThisProcess
from tests.functional.world import ROOT

pytestmark = pytest.mark.slow

THINGS = "茶酒米面油盐酱醋糖果鱼肉菜花灯伞鞋帽衣袜床桌椅碗"
WAYS = (
    "{}怎么退",
    "买的{}要退",
    "{}能不能退掉",
    "{}退了行吗",
    "想把{}退回去",
    "退{}找谁",
    "{}退货在哪点",
    "这{}我要退",
)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make(folder: Path) -> Path:
    """A CrossEncoder over single characters that knows nothing yet."""
    pieces = (*SPECIAL, *dict.fromkeys("".join((*THINGS, *WAYS)).replace("{}", "")))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.3,
    )
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}).save_pretrained(folder)
    return folder


def lesson_about(thing: str) -> Lesson:
    """Who asks to give it back wants to give it back, not to know whom to ask."""
    return Lesson(question=f"{thing}怎么退", fitting=(f"买的{thing}要退",), others=(f"{thing}找谁",))


LESSONS = [lesson_about(thing) for thing in THINGS]
RECIPE = RerankerRecipe(epochs=12, rate=3e-3, questions=4)


def test_what_is_trained_is_learned_and_reads_the_same_when_opened(tmp_path: Path) -> None:
    base = make(tmp_path / "base")
    losses: list[float] = []
    identity = tune_reranker(
        str(base),
        LESSONS,
        tmp_path / "tuned",
        RECIPE,
        lambda step, steps, loss: losses.append(loss),
        threads=1,
    )
    before, after = (CrossEncoderReranker.load(str(tmp_path / name), threads=1) for name in ("base", "tuned"))
    wins = [0, 0]
    for lesson in LESSONS[:8]:
        for at, reranker in enumerate((before, after)):
            right, wrong = reranker.scores(lesson.question, [*lesson.fitting, *lesson.others])
            wins[at] += right > wrong + 0.5
    assert wins == [0, 8]
    assert sum(losses[-8:]) < sum(losses[:8]) / 2
    assert identity.isalnum()
    assert len(identity) == 16
    again = tune_reranker(str(base), LESSONS, tmp_path / "again", RECIPE, lambda *told: None, threads=1)
    assert again == identity, "the same on every run of the same machine"


def test_training_ends_with_its_time(tmp_path: Path) -> None:
    model = open_cross_encoder(str(make(tmp_path / "base")), threads=1)
    told: list[tuple[int, int]] = []
    seconds = count()
    train(
        model,
        LESSONS,
        RerankerRecipe(epochs=100, seconds=12.0),
        lambda step, steps, loss: told.append((step, steps)),
        clock=lambda: float(next(seconds)),
    )
    assert [step for step, _ in told] == list(range(1, 12))
    assert told[-1][1] < 20, "the bar knows how much there will be"
    assert not model.training


TUNING = """
import json, sys
from dataclasses import replace
from bot.commands.kb import kb_app
from knowledge_base.tuning import reranker_training
reranker_training.RECIPE = replace(reranker_training.RECIPE, **json.loads(sys.argv.pop(1)))
kb_app()
"""


class ShopWithReranker(ShopInThisProcess):
    """Trains in a process of its own, by a recipe for a network that knows nothing."""

    def tuned(self, *arguments: str, code: int = 0, **recipe: float) -> dict[str, Any]:
        told = json.dumps({"rate": 2e-3, "epochs": 2, "questions": 8, **recipe})
        command = [
            sys.executable,
            "-c",
            TUNING,
            told,
            "tune",
            *arguments,
            "--json",
            "--config",
            str(self.config),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == code, done.stderr
        value = json.loads(done.stdout)
        assert isinstance(value, dict)
        return value

    def folders(self, kind: str) -> list[str]:
        return sorted(path.name for path in (self.folder / "kb" / kind).glob("*"))


@pytest.fixture
def shop(tmp_path: Path) -> ShopWithReranker:
    shop = ShopWithReranker(tmp_path)
    make(tmp_path / "base")
    shop.write("config.yml", "knowledge_base: {path: kb, reranker: ./base, answers_searched: false}\n")
    rows = [
        f"{thing}怎么办理退货手续,把{thing}寄回来。,{'|'.join(way.format(thing) for way in WAYS)}"
        for thing in THINGS
    ]
    shop.json("import", shop.write("faq.csv", "问题,答案,相似问\n" + "\n".join(rows) + "\n"))
    return shop


def named_by_the_index(shop: ShopWithReranker) -> str:
    settings = KnowledgeBaseSettings(path=shop.folder / "kb", reranker=str(shop.folder / "base"))
    return Rerankers(settings).in_use()


def decisions(shop: ShopWithReranker, texts: Sequence[str]) -> list[list[str]]:
    return [[each["id"] for each in shop.json("ask", text)["ranked"]] for text in texts]


def test_a_reranker_is_tuned_used_and_undone(shop: ShopWithReranker) -> None:
    asked = ["酒想退掉找谁呀", "盐能不能退回去"]
    before = decisions(shop, asked)
    tuned = shop.tuned("--only", "reranker", "--reason", "试一试")
    assert (tuned["embedder"], tuned["used"]) == (None, True)
    assert tuned["reranker"]["trained_on"] > 100
    assert tuned["reranker"]["questions"] > 20
    assert tuned["index"]["embedded"] == 0, "the vectors stay"
    (identity,) = shop.folders("rerankers")
    assert named_by_the_index(shop) == identity
    assert decisions(shop, asked) != before
    shop.json("import", shop.write("more.csv", "问题,答案\n你们几点下班,晚上九点。\n"))
    assert named_by_the_index(shop) == identity, "what comes later is looked at by the tuned one too"

    assert shop.tuned("--undo")["index"]["changed"]
    assert named_by_the_index(shop) == ""
    # With the new entry words weigh a little differently: those far down, hardly apart, may change places.
    assert [ids[:3] for ids in decisions(shop, asked)] == [ids[:3] for ids in before]
    assert shop.folders("rerankers") == [identity], "one step back it is still there"


def test_one_that_does_not_help_is_refused(shop: ShopWithReranker) -> None:
    version = (shop.folder / "kb" / "current").read_text()
    refused = shop.tuned("--only", "reranker", code=1, rate=0.0)
    assert (refused["used"], refused["reranker"]["better"], refused["index"]) == (False, False, None)
    assert refused["reranker"]["before"] == refused["reranker"]["after"]
    assert (shop.folder / "kb" / "current").read_text() == version
    assert shop.folders("rerankers") == []
    assert not list((shop.folder / "kb").glob(".tuning-*"))


def test_without_a_reranker_there_is_none_to_tune(shop: ShopWithReranker) -> None:
    shop.write("config.yml", "knowledge_base: {path: kb}\n")
    assert "重排模型" in shop.json("tune", "--only", "reranker", code=1)["error"]
    shop.write("config.yml", f"knowledge_base: {{path: kb, embedder: {shop.folder}}}\n")
    assert "不是 default" in shop.json("tune", code=1)["error"]
