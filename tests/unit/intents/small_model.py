"""A small shop's data, and models trained from it: what the tests of the fallback classifier rest on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from intents.fallback_training.fitting import Fitted, fit
from intents.fallback_training.texts import Texts

LETTERS = "letters"
"""Identity of the embedder below."""

SAID = {
    "return_goods": [
        "我要退货",
        "帮我退货",
        "这个想退了",
        "退货退款",
        "东西不想要了退掉",
        "申请退货",
        "办退货",
        "退了吧",
    ],
    "invoice": [
        "开发票",
        "帮我开张发票",
        "要发票",
        "发票开一下",
        "补开发票",
        "我要开票",
        "给我发票",
        "开个票",
    ],
    "stock": ["还有货吗", "有货没", "荔枝有货吗", "有没有货", "缺货吗", "还有没有货", "到货了没", "有现货吗"],
}
NOT_FOR_US = [
    "火车晚点了",
    "房贷利率",
    "孩子写作业",
    "翻译成英文",
    "护照换证",
    "asdfgh",
    "猫不吃饭",
    "地铁末班车",
]
QUESTIONS = [
    "几点关门",
    "运费多少",
    "怎么保存",
    "保质期多久",
    "用什么快递",
    "门店在哪里",
    "可以货到付款吗",
    "会员怎么升级",
]
SOUNDS = {"退": "tui", "推": "tui", "货": "huo", "或": "huo", "发": "fa", "票": "piao", "漂": "piao"}


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """Texts as unit vectors of the characters they hold."""
    rows = np.zeros((len(texts), 97), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for character in text:
            row[ord(character) % 97] += 1
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, dtype=np.float32)


def small_texts() -> Texts:
    names = tuple(sorted(SAID))
    texts = [*(text for name in names for text in SAID[name]), *NOT_FOR_US, *QUESTIONS]
    labels = [place for place, name in enumerate(names) for _ in SAID[name]]
    labels += [-1] * len(NOT_FOR_US) + [-2] * len(QUESTIONS)
    return Texts(
        intents=names,
        texts=tuple(texts),
        meanings=letters(texts),
        labels=np.array(labels),
        groups=np.arange(len(texts)),
    )


@cache
def fitted(embedder: str) -> Fitted:
    """``embedder``: ``LETTERS`` or ""."""
    return fit(small_texts(), SOUNDS, embedder=embedder)
