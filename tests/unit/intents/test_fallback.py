"""Entities, nearest examples and bad input."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from intents.fallback import FallbackClassifier
from intents.understanding import FAQ, ORDER_NO, PHONE, Understanding

EXAMPLES = {
    "ask_human": ["换个做主的过来", "换个做主的过来！", "换个做主的，过来"],
    "faq": ["衣服能机洗吗", "放冰箱里吗", "甜不甜"],
}


class LetterEmbedder:
    """Texts as unit vectors of the characters they hold; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(tuple(texts))
        rows = np.zeros((len(texts), 997), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for char in text:
                row[ord(char) % 997] += 1
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / lengths, dtype=np.float32)


@pytest.fixture
def rules_only() -> FallbackClassifier:
    return FallbackClassifier({}, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("HY20261101001", "HY20261101001"),
        ("hy20261101001到哪了", "HY20261101001"),
        ("ＨＹ２０２６１１０１００１", "HY20261101001"),
        ("单号HY-20261101001，谢谢", "HY20261101001"),
        ("两单：HY20261101001、HY20261101002", "HY20261101001"),
        ("订单2026110100123456发了吗", "2026110100123456"),
        ("电话13812345678，订单2026110100123456", "2026110100123456"),
        ("a1001发货没", "A1001"),
        ("A1001", "A1001"),
        ("1234567", "1234567"),
        ("HY20261101001 怎么退货", "HY20261101001"),
    ],
)
async def test_finds_the_order_number(text: str, number: str, rules_only: FallbackClassifier) -> None:
    assert (await rules_only.parse(text)).entities[ORDER_NO] == number


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+86 138 1234 5678",
        "8613812345678",
        "138-1234-5678 这个号码",
        "A4纸有吗",
        "V100手机壳好看吗",
        "买2个",
        "123",
        "3.14159265358979",
    ],
)
async def test_sees_no_order_number(text: str, rules_only: FallbackClassifier) -> None:
    assert ORDER_NO not in (await rules_only.parse(text)).entities


async def test_a_mobile_number_is_noticed_and_masked(rules_only: FallbackClassifier) -> None:
    entities = (await rules_only.parse("我手机 138 1234 5678")).entities
    assert entities[PHONE] == "138****5678"


async def test_without_an_embedder_everything_else_is_for_the_knowledge_base(
    rules_only: FallbackClassifier,
) -> None:
    assert await rules_only.parse("换个做主的过来") == Understanding(intent=FAQ, confidence=1.0)


async def test_the_nearest_example_decides_what_no_rule_knows() -> None:
    classifier = FallbackClassifier(EXAMPLES, LetterEmbedder())
    understood = await classifier.parse("换个做主的过来")
    assert understood.intent == "ask_human"
    assert understood.confidence > 0.9


async def test_what_is_like_no_example_is_for_the_knowledge_base() -> None:
    classifier = FallbackClassifier(EXAMPLES, LetterEmbedder())
    assert await classifier.parse("苹果好吃吗") == Understanding(intent=FAQ, confidence=1.0)


async def test_between_two_intents_it_is_not_sure() -> None:
    examples = {"ask_human": ["甲乙丙丁戊己庚"], "greet": ["甲乙丙丁戊己辛"]}
    understood = await FallbackClassifier(examples, LetterEmbedder()).parse("甲乙丙丁戊己")
    assert understood.confidence == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("text", ["怎么退货", "", "。。。", "换个做主的过来" * 6])
async def test_what_no_example_can_tell_is_not_embedded(text: str) -> None:
    embedder = LetterEmbedder()
    understood = await FallbackClassifier(EXAMPLES, embedder).parse(text)
    assert understood == Understanding(intent=FAQ, confidence=1.0)
    assert embedder.asked == []


async def test_examples_are_embedded_once_and_sure_words_not_at_all() -> None:
    embedder = LetterEmbedder()
    classifier = FallbackClassifier(EXAMPLES, embedder)
    for text in ("转人工", "苹果甜不甜", "甜吗"):
        await classifier.parse(text)
    sentences = tuple(sentence for group in EXAMPLES.values() for sentence in group)
    assert embedder.asked == [sentences, ("苹果甜不甜",), ("甜吗",)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\x1b[31m",
        "]]>",
        "a" * 100_000,
        "好" * 100_000,
        "谢" * 39 + "苹",
        "好的" * 19 + "苹",
        "人工" * 50_000,
        "我的" * 20_000,
        "还没" * 250 + "x",
        "1" * 100_000,
        "🍎" * 5_000,
        "\ud83c\udf4e"[:1],
        "ﷺ" * 2_000,
    ],
    ids=lambda text: f"{text[:4].encode('unicode_escape').decode()} x{len(text)}",
)
async def test_absurd_texts_get_an_understanding(text: str, rules_only: FallbackClassifier) -> None:
    assert (await rules_only.parse(text)).confidence == 1.0
