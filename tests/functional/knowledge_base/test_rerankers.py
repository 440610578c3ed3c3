"""A cross-encoder of somebody else's, named in the configuration: a real one, tiny, with random weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

from knowledge_base.errors import RerankerUnavailable
from knowledge_base.reranker.opening import open_reranker
from knowledge_base.rerankers import open_second_stage
from knowledge_base.second_look import ANSWER_SHARE, RERANKER_SHARE
from knowledge_base.settings import KnowledgeBaseSettings
from tests.functional.knowledge_base.shop import TABLE, ShopFolder

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PIECES = (
    *SPECIAL,
    *dict.fromkeys(
        "怎么申请退货流程是什我要能开发票吗门店几点关营业到优惠券用在哪里订单点售后就可以确认收自己"
    ),
)


def config(labels: int) -> BertConfig:
    made = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    made.num_labels = labels
    return made


def tokenizer() -> BertTokenizer:
    """WordPiece over single characters."""
    return BertTokenizer(vocab={piece: number for number, piece in enumerate(PIECES)})


def make(folder: Path, *, labels: int = 1) -> Path:
    torch.manual_seed(1)
    BertForSequenceClassification(config(labels)).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def expected(folder: Path, question: str, texts: list[str]) -> list[float]:
    """What the network gives without the library around it."""
    words = tokenizer()([question] * len(texts), texts, padding=True, return_tensors="pt")
    network = BertForSequenceClassification.from_pretrained(folder).eval()  # type: ignore[no-untyped-call]
    with torch.no_grad():
        scores: list[float] = torch.sigmoid(network(**words).logits[:, 0]).tolist()
    return scores


@pytest.mark.slow
def test_scores_are_the_network_s_between_0_and_1(tmp_path: Path) -> None:
    folder = make(tmp_path / "reranker")
    reranker = open_reranker(str(folder), threads=1)
    assert reranker is not None
    texts = ["退货流程是什么", "能开发票吗", "门店几点关门"]
    scores = reranker.scores("怎么申请退货", texts)
    assert scores == pytest.approx(expected(folder, "怎么申请退货", texts), abs=1e-4)
    assert len(set(scores)) == 3
    assert reranker.scores("怎么申请退货", texts[::-1]) == pytest.approx(scores[::-1], abs=1e-4)
    assert reranker.scores("怎么申请退货", []) == []


@pytest.mark.slow
def test_what_cannot_be_opened_names_the_setting_and_what_helps(tmp_path: Path) -> None:
    broken = make(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"nothing")
    embedder = tmp_path / "plain"
    BertModel(config(1)).save_pretrained(embedder)
    tokenizer().save_pretrained(embedder)
    saved = tmp_path / "saved"
    SentenceTransformer(str(embedder), device="cpu").save(str(saved))
    (tmp_path / "empty").mkdir()
    for name, why in (
        (str(make(tmp_path / "three", labels=3)), "3 numbers"),
        (str(broken), "cannot open"),
        (str(embedder), "not a cross-encoder"),
        (str(saved), "not a cross-encoder"),
        (str(tmp_path / "empty"), "not a cross-encoder"),
        (str(tmp_path / "nothing"), "neither a folder nor a model"),
        ("some/reranker", "neither a folder nor a model"),
    ):
        with pytest.raises(RerankerUnavailable, match=why) as caught:
            open_second_stage(KnowledgeBaseSettings(reranker=name))
        assert str(caught.value).startswith(f"knowledge_base.reranker: cannot open {name!r}")
        assert "or `none`" in str(caught.value)


@pytest.mark.slow
def test_a_configured_reranker_looks_at_what_was_found(tmp_path: Path) -> None:
    shop = ShopFolder(tmp_path)
    shop.json("import", shop.write("faq.csv", TABLE))
    plain = shop.json("ask", "退货要怎么弄才行")
    folder = make(tmp_path / "reranker")
    shop.write("config.yml", "knowledge_base: {path: kb, reranker: ./reranker, answers_searched: false}\n")
    asked = shop.json("ask", "退货要怎么弄才行")
    assert asked["probability"] == plain["probability"]
    assert {each["id"] for each in asked["ranked"]} == {each["id"] for each in plain["ranked"]}
    scores = [each["score"] for each in asked["ranked"]]
    assert scores == sorted(scores, reverse=True)
    phrasings = [each["phrasing"] for each in asked["ranked"]]
    liked = expected(folder, "退货要怎么弄才行", phrasings)
    for each, like in zip(asked["ranked"], liked, strict=True):
        by_the_index = each["score"] - RERANKER_SHARE * like
        (without,) = (other for other in plain["ranked"] if other["id"] == each["id"])
        # What is left between the two is what its answer holds.
        assert -1e-3 <= without["score"] - by_the_index <= ANSWER_SHARE + 1e-3

    shop.write("config.yml", "knowledge_base: {path: kb, reranker: ./nothing}\n")
    assert "knowledge_base.reranker" in shop.json("ask", "怎么退货", code=1)["error"]
