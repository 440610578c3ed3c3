"""A knowledge base of a few entries, built once for the tests that may copy it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.functional.knowledge import build_knowledge

WRAP = ["有没有礼品包装", "礼品包装有吗", "可以包成礼物吗", "能包成礼物吗"]
ENTRIES = (
    {
        "id": "return",
        "question": "怎么申请退货",
        "similar": ["退货流程是什么", "我要退货"],
        "answer": "在订单里点“申请售后”。",
    },
    {"id": "hours", "question": "门店几点关门", "similar": ["门店营业到几点"], "answer": "晚上九点。"},
    {"id": "invoice", "question": "能开发票吗", "similar": ["怎么开发票"], "answer": "能，在订单里申请。"},
    {"id": "wrap", "question": "有礼品包装吗", "similar": WRAP, "answer": "有，下单时勾选。"},
)


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``knowledge_base.path``, read only."""
    folder = tmp_path_factory.mktemp("small-shop")
    faq = folder / "faq.jsonl"
    faq.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in ENTRIES), encoding="utf-8")
    build_knowledge(folder / "kb", [faq])
    return folder / "kb"
