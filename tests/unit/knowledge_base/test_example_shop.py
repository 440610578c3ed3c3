"""The example shop's FAQ files keep the promises that docs/example-shop.md makes about them."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

SHOP = Path(__file__).resolve().parents[3] / "knowledge_base" / "example_shop"

CATEGORIES = {
    "售前咨询", "库存与预售", "价格与价保", "优惠券", "积分", "拼团", "抽奖与福袋", "支付",
    "发票", "配送", "物流", "生鲜", "退货", "换货", "退款", "质量问题",
    "账号", "会员", "直播", "门店与自提", "投诉与建议", "隐私", "企业团购与送礼", "公众号使用",
}  # fmt: skip

# Advertising law, article 9, forbids superlatives; "最" is refused altogether, since even a harmless one
# reads like a claim.
SUPERLATIVES = (
    "最", "第一", "国家级", "世界级", "顶级", "顶尖", "极致", "首选",
    "唯一", "独一无二", "绝对", "永久", "万能", "史上", "王牌", "全网低价",
    "零风险", "100%", "百分之百", "根治", "包治",
)  # fmt: skip

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PHONE_OR_ADDRESS = re.compile(r"\d{7,}|\d{3,4}-\d{3,}|https?://|www\.|@|\d+号(楼|院|门)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    file: str
    id: str
    category: str
    question: str
    similar: tuple[str, ...]
    answer: str

    @property
    def phrasings(self) -> tuple[str, ...]:
        return (self.question, *self.similar)


def read(path: Path) -> list[Entry]:
    """Entries of one file; a missing, extra or wrongly typed field is an error that names the file."""
    entries = []
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert set(row) == {"id", "category", "question", "similar", "answer"}, f"{path.name}: {row}"
        texts = [row["id"], row["category"], row["question"], row["answer"], *row["similar"]]
        assert all(isinstance(text, str) and text.strip() for text in texts), f"{path.name}: {row['id']}"
        entries.append(Entry(file=path.name, **{**row, "similar": tuple(row["similar"])}))
    return entries


def normalised(text: str) -> str:
    """What is left of a phrasing when width, case, punctuation and spaces do not count."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return [entry for path in sorted(SHOP.glob("*.yml")) for entry in read(path)]


def test_there_are_enough_entries(entries: list[Entry]) -> None:
    assert len(entries) >= 280


def test_ids_are_unique_slugs(entries: list[Entry]) -> None:
    ids = [entry.id for entry in entries]
    assert sorted(ids) == sorted(set(ids))
    assert [slug for slug in ids if not SLUG.fullmatch(slug)] == []


def test_every_entry_has_four_more_phrasings(entries: list[Entry]) -> None:
    assert [entry.id for entry in entries if len(entry.similar) < 4] == []


def test_no_phrasing_occurs_twice(entries: list[Entry]) -> None:
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for phrasing in entry.phrasings:
            owners[normalised(phrasing)].append(entry.id)
    assert {phrasing: ids for phrasing, ids in owners.items() if len(ids) > 1} == {}


def test_phrasings_say_something_and_stay_short(entries: list[Entry]) -> None:
    lengths = {p: len(normalised(p)) for entry in entries for p in entry.phrasings}
    assert {phrasing: n for phrasing, n in lengths.items() if not 2 <= n <= 40} == {}


def test_phrasings_survive_a_table_cell(entries: list[Entry]) -> None:
    """`kb import` splits `similar` at "|" and a chat message has no line break."""
    assert [p for entry in entries for p in entry.phrasings if "|" in p or "\n" in p] == []


def test_answers_are_short(entries: list[Entry]) -> None:
    lengths = {entry.id: len(entry.answer.strip()) for entry in entries}
    assert {slug: n for slug, n in lengths.items() if not 10 <= n <= 220} == {}


def test_answers_make_no_superlative_claims(entries: list[Entry]) -> None:
    claims = [(entry.id, word) for entry in entries for word in SUPERLATIVES if word in entry.answer]
    assert claims == []


def test_texts_carry_no_contact_data(entries: list[Entry]) -> None:
    texts = [(entry.id, text) for entry in entries for text in (*entry.phrasings, entry.answer)]
    assert [found for found in texts if PHONE_OR_ADDRESS.search(found[1])] == []


def test_every_required_category_is_there_and_no_other(entries: list[Entry]) -> None:
    assert {entry.category for entry in entries} == CATEGORIES


def test_a_file_holds_one_category(entries: list[Entry]) -> None:
    files = {(entry.file, entry.category) for entry in entries}
    assert len(files) == len({file for file, _ in files}) == len(CATEGORIES)
