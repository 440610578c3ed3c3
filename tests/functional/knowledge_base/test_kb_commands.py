"""The ``kb`` commands as programs, with the real embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.functional.knowledge_base.shop import TABLE, ShopFolder


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder(tmp_path)


def test_import_then_ask(shop: ShopFolder) -> None:
    table = shop.write("faq.csv", TABLE)
    imported = shop.json("import", table)
    assert (imported["added"], imported["entries"], imported["problems"]) == (4, 4, [])
    assert imported["index"]["entries"] == 4
    assert (shop.folder / "kb" / "current").read_text().strip() == imported["index"]["version"]

    answered = shop.json("ask", "亲，退貨流程是什么呀？")
    assert (answered["decision"], answered["rule"]) == ("answer", "exact")
    assert answered["answer"] == "打开订单点申请售后就可以。"
    refused = shop.json("ask", "帮我写一首关于月亮的诗")
    assert (refused["decision"], refused["answer"], refused["candidates"]) == ("refuse", None, [])
    near = shop.json("ask", "晚上几点关门")
    assert near["ranked"][0]["id"] == "hours"

    told = shop.run("ask", "怎么开票")
    assert told.code == 0
    assert "可以，确认收货后自己开。" in told.out

    again = shop.json("import", table)
    assert (again["unchanged"], again["index"]["changed"]) == (4, False)
    assert shop.json("build")["changed"] is False


def test_a_file_with_broken_rows_changes_nothing_until_it_is_right(shop: ShopFolder) -> None:
    broken = shop.write("faq.csv", TABLE + "x,,没有问题,\ny,没有答案,,\nreturn,又是退货,答,\n")
    refused = shop.run("import", broken)
    assert refused.code == 1
    for line in (6, 7, 8):
        assert f"faq.csv:{line}: " in refused.err
    assert not (shop.folder / "kb" / "entries.jsonl").exists()
    assert shop.json("import", broken, code=1)["imported"] is False

    skipped = shop.json("import", broken, "--skip-bad", "--no-build")
    assert (skipped["added"], len(skipped["problems"]), skipped["index"]) == (4, 3, None)
    assert shop.json("build")["embedded"] == 11


def test_without_an_index_ask_fails_and_says_what_to_do(shop: ShopFolder) -> None:
    asked = shop.run("ask", "怎么退货")
    assert asked.code == 1
    assert "kb import" in asked.err


def test_a_damaged_index_is_named_and_built_again(shop: ShopFolder) -> None:
    version = shop.json("import", shop.write("faq.csv", TABLE))["index"]["version"]
    (shop.folder / "kb" / "versions" / version / "key-places.npy").write_bytes(b"")
    assert "key-places.npy" in shop.json("ask", "怎么退货", code=1)["error"]
    assert shop.json("build")["version"] == version
    assert shop.json("ask", "我要退货")["decision"] == "answer"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no-such-file.csv"),
        ("ask",),
        ("nonsense",),
        ("eval", "--faq", "no.jsonl", "--queries", "no.jsonl"),
    ],
)
def test_wrong_usage(shop: ShopFolder, arguments: tuple[str, ...]) -> None:
    assert shop.run(*arguments).code == 2


def test_wrong_configuration(shop: ShopFolder) -> None:
    shop.write("config.yml", "knowledge_base: {pth: kb}\n")
    done = shop.run("build")
    assert done.code == 2
    assert "knowledge_base.pth" in done.err


def test_eval_indexes_the_given_entries_alone(shop: ShopFolder) -> None:
    faq: list[dict[str, object]] = [
        {"id": "return", "question": "怎么申请退货", "similar": ["我要退货"]},
        {"id": "invoice", "question": "能开发票吗"},
        {"id": "hours", "question": "门店几点关门"},
    ]
    queries: list[dict[str, object]] = [
        {"query": "你好我要退货", "ids": ["return"]},
        {"query": "可以开票不", "ids": ["invoice"]},
        {"query": "晚上几点关门", "ids": ["hours"]},
    ]
    outside: list[dict[str, object]] = [{"query": "一加一等于几", "kind": "far"}]
    names = [
        shop.write(name, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        for name, rows in (("faq.jsonl", faq), ("queries.jsonl", queries), ("oos.jsonl", outside))
    ]
    decisions = shop.folder / "decisions.jsonl"
    files = ("--faq", names[0], "--queries", names[1], "--oos", names[2])
    figures = shop.json("eval", *files, "--max-wrong-rate", "0.05", "--decisions", str(decisions))
    assert (figures["faq"], figures["queries"], figures["oos"]) == (3, 3, 1)
    assert figures["recall_at_1"] == 1
    assert figures["recall_at_3"] == figures["mrr_at_10"] == 1
    assert figures["coverage"] >= 1 / 3 - 1e-6
    assert figures["oos_refused"] == 1
    assert set(figures["latency_ms"]) == {"p50", "p95", "p99"}
    assert {"clarify_rate", "clarify_hit_rate", "wrong_rate", "curve", "model"} <= set(figures)
    lines = [json.loads(line) for line in decisions.read_text().splitlines()]
    assert [line["query"] for line in lines] == [row["query"] for row in (*queries, *outside)]
    assert lines[0]["decision"] == "answer"
    assert not (shop.folder / "kb").exists()

    assert shop.json("eval", *files[:4])["oos_refused"] is None
    assert shop.run("eval", *files).code == 0
    assert shop.run("eval", *files, "--max-wrong-rate", "2").code == 2
    shop.write("queries.jsonl", '{"query": "退"}\n')
    assert "queries.jsonl:1" in shop.json("eval", *files, code=1)["error"]
