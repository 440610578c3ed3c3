"""The ``kb`` commands as programs, with the real embedder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.functional.world import ROOT

TABLE = """编号,问题,答案,相似问
return,怎么申请退货,打开订单点申请售后就可以。,我要退货|退货流程是什么
invoice,能开发票吗,可以，确认收货后自己开。,怎么开票|发票在哪里开
hours,门店几点关门,每天晚上九点半。,营业到几点
fresh,水果坏了怎么赔,签收后 24 小时内拍照给我们。,收到烂果|坏果包赔吗
"""


class Shop:
    """A shop's folder: a configuration, and ``kb`` run in it without secrets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config.yml").write_text("knowledge_base: {path: kb}\n")

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
        command = [sys.executable, "-m", "bot", "kb", *arguments]
        command += ["--config", str(self.folder / "config.yml")]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
        )

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run with ``--json``; standard output must hold one object and nothing else."""
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        value = json.loads(done.stdout)
        assert isinstance(value, dict)
        return value


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_import_then_ask(shop: Shop) -> None:
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
    assert told.returncode == 0
    assert "可以，确认收货后自己开。" in told.stdout

    again = shop.json("import", table)
    assert (again["unchanged"], again["index"]["changed"]) == (4, False)
    assert shop.json("build")["changed"] is False


def test_a_file_with_broken_rows_changes_nothing_until_it_is_right(shop: Shop) -> None:
    broken = shop.write("faq.csv", TABLE + "x,,没有问题,\ny,没有答案,,\nreturn,又是退货,答,\n")
    refused = shop.run("import", broken)
    assert refused.returncode == 1
    for line in (6, 7, 8):
        assert f"faq.csv:{line}: " in refused.stderr
    assert not (shop.folder / "kb" / "entries.jsonl").exists()
    assert shop.json("import", broken, code=1)["imported"] is False

    skipped = shop.json("import", broken, "--skip-bad", "--no-build")
    assert (skipped["added"], len(skipped["problems"]), skipped["index"]) == (4, 3, None)
    assert shop.json("build")["embedded"] == 11


def test_without_an_index_ask_fails_and_says_what_to_do(shop: Shop) -> None:
    asked = shop.run("ask", "怎么退货")
    assert asked.returncode == 1
    assert "kb import" in asked.stderr


def test_a_damaged_index_is_named_and_built_again(shop: Shop) -> None:
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
def test_wrong_usage(shop: Shop, arguments: tuple[str, ...]) -> None:
    assert shop.run(*arguments).returncode == 2


def test_wrong_configuration(shop: Shop) -> None:
    shop.write("config.yml", "knowledge_base: {pth: kb}\n")
    done = shop.run("build")
    assert done.returncode == 2
    assert "knowledge_base.pth" in done.stderr


def test_eval_indexes_the_given_entries_alone(shop: Shop) -> None:
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
    assert shop.run("eval", *files).returncode == 0
    assert shop.run("eval", *files, "--max-wrong-rate", "2").returncode == 2
    shop.write("queries.jsonl", '{"query": "退"}\n')
    assert "queries.jsonl:1" in shop.json("eval", *files, code=1)["error"]
