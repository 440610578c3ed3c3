"""Entities, the model's reading, which model is used, and bad input."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from intents.entities.dates import CHINA
from intents.fallback import LIKELY, LONGEST_READ, LOOK_AGAIN_SECONDS, FallbackClassifier
from intents.fallback_model.model import Model
from intents.understanding import FAQ, ORDER_NO, PHONE, Source
from tests.unit.intents.small_model import LETTERS, fitted, letters


class Models:
    """Models by embedder; counts how often one is looked for."""

    def __init__(self, *embedders: str) -> None:
        self._known = {embedder: fitted(embedder).model for embedder in embedders}
        self.looked: list[str] = []

    def find(self, embedder: str) -> Model | None:
        self.looked.append(embedder)
        return self._known.get(embedder)


class Letters:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(tuple(texts))
        return letters(texts)


@pytest.fixture
def rules_only() -> FallbackClassifier:
    return FallbackClassifier()


def with_model(embed: Letters, models: Models | None = None) -> FallbackClassifier:
    return FallbackClassifier(models or Models(LETTERS, ""), embed, embedder=lambda: LETTERS)


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
    assert (await rules_only.parse("我手机 138 1234 5678")).entities[PHONE] == "138****5678"


async def test_the_day_is_the_clocks_and_goods_are_the_shops() -> None:
    classifier = FallbackClassifier(
        clock=lambda: datetime(2026, 11, 23, 10, tzinfo=CHINA), goods=("五常大米 10kg",)
    )
    entities = (await classifier.parse("昨天下的单，五常大米少了两袋")).entities
    assert entities == {
        "date": "2026-11-22",
        "ordered_on": "2026-11-22",
        "product": "五常大米 10kg",
        "quantity": "2袋",
    }


async def test_sure_words_need_no_model(rules_only: FallbackClassifier) -> None:
    understood = await rules_only.parse("转人工")
    assert (understood.intent, understood.confidence, understood.source) == ("ask_human", 1.0, Source.RULE)


async def test_without_a_model_everything_else_is_for_the_knowledge_base(
    rules_only: FallbackClassifier,
) -> None:
    understood = await rules_only.parse("我要退货")
    assert (understood.intent, understood.confidence, understood.others) == (FAQ, 1.0, ())


@pytest.mark.parametrize(
    ("text", "intent"), [("我想退货", "return_goods"), ("帮我开发票", "invoice"), ("荔枝还有货吗", "stock")]
)
async def test_the_model_reads_what_no_rule_knows(text: str, intent: str) -> None:
    understood = await with_model(Letters()).parse(text)
    assert (understood.intent, understood.source) == (intent, Source.FALLBACK)
    assert LIKELY <= understood.confidence <= 1
    assert {name for name, _ in understood.others} | {intent} == {"return_goods", "invoice", "stock"}


@pytest.mark.parametrize("text", ["房贷利率多少", "高铁晚点", "qwerty"])
async def test_what_is_like_nothing_is_a_question_with_intents_beside_it(text: str) -> None:
    understood = await with_model(Letters()).parse(text)
    assert (understood.intent, understood.source) == (FAQ, Source.FALLBACK)
    assert understood.confidence == 1 - understood.others[0][1] > 1 - LIKELY


@pytest.mark.parametrize("text", ["", "。。。", "🍎苹果" * LONGEST_READ])
async def test_what_no_model_can_tell_is_not_embedded(text: str) -> None:
    embed = Letters()
    understood = await with_model(embed).parse(text)
    assert understood.intent in {FAQ, "thank"}
    assert embed.asked == []


async def test_a_stored_phrasing_is_a_question_without_a_model() -> None:
    embed = Letters()
    classifier = FallbackClassifier(
        Models(LETTERS), embed, is_faq=lambda text: text == "我要退货", embedder=lambda: LETTERS
    )
    assert (await classifier.parse("我要退货")).intent == FAQ
    assert embed.asked == []


async def test_one_text_is_embedded_as_it_came_and_sure_words_not_at_all() -> None:
    embed = Letters()
    classifier = with_model(embed)
    for text in ("转人工", "我想退貨"):
        await classifier.parse(text)
    assert embed.asked == [("我想退貨",)]


async def test_it_says_whether_there_is_a_model() -> None:
    with_one, without = (
        with_model(Letters()),
        FallbackClassifier(Models(), Letters(), embedder=lambda: LETTERS),
    )
    for classifier in (with_one, without):
        await classifier.warm_up()
    assert (with_one.has_model, without.has_model) == (True, False)


async def test_with_another_embedder_the_model_of_words_alone_serves() -> None:
    embed = Letters()
    classifier = FallbackClassifier(Models(LETTERS, ""), embed, embedder=lambda: "tuned")
    assert (await classifier.parse("我想退货")).intent == "return_goods"
    assert embed.asked == []


async def test_models_are_looked_for_once_and_again_for_another_embedder() -> None:
    models, used = Models(LETTERS, ""), [LETTERS]
    classifier = FallbackClassifier(models, Letters(), embedder=lambda: used[-1])
    await classifier.warm_up()
    await classifier.parse("我想退货")
    used.append("tuned")
    await classifier.parse("我想退货")
    assert models.looked == [LETTERS, "tuned", ""]


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
        "催" * 80,
    ],
    ids=lambda text: f"{text[:4].encode('unicode_escape').decode()} x{len(text)}",
)
async def test_absurd_texts_get_an_understanding(text: str) -> None:
    understood = await with_model(Letters()).parse(text)
    assert 0 <= understood.confidence <= 1


async def test_a_model_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later:
        looks = 0

        def find(self, embedder: str) -> None:
            self.looks += 1

    now = [1000.0]
    monkeypatch.setattr("intents.fallback.time.monotonic", lambda: now[0])
    models = Later()
    classifier = FallbackClassifier(models)
    await classifier.warm_up()
    first = models.looks
    await classifier.warm_up()
    assert models.looks == first > 0
    now[0] += LOOK_AGAIN_SECONDS
    await classifier.warm_up()
    assert models.looks > first
    assert not classifier.has_model
