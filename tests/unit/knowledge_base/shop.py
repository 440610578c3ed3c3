"""A small knowledge base for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion


def entry(entry_id: str, question: str, *similar: str, answer: str = "") -> Entry:
    return Entry(
        id=EntryId(entry_id), question=question, answer=answer or f"{question}的答案", similar=similar
    )


SHOP = (
    entry("return", "怎么申请退货", "退货流程是什么", "我要退货"),
    entry("invoice", "能开发票吗", "怎么开发票"),
    entry("hours", "门店几点关门", "门店营业到几点"),
    entry("coupon", "优惠券怎么用", "券在哪里用"),
)


def build(path: Path, entries: Sequence[Entry], embedder: Embedder) -> Built:
    return build_index(Shelf(path), entries, embedder, lambda done, total: None)


def open_current(path: Path) -> IndexVersion:
    version = Shelf(path).current()
    assert version is not None
    return IndexVersion.open(Shelf(path).folder(version))
