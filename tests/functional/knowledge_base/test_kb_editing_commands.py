"""The ``kb`` commands about changes, with the real embedder; in this process, since each test runs many of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.functional.knowledge_base.shop import TABLE, ShopFolder, ShopInThisProcess


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    shop = ShopInThisProcess(tmp_path)
    shop.json("import", shop.write("faq.csv", TABLE), "--who", "王", "--reason", "第一批")
    return shop


def test_what_was_done_can_be_seen_and_undone(shop: ShopFolder) -> None:
    second = shop.write(
        "more.csv",
        "id,question,answer,答案@微信客服,失效日期\nhours,门店几点关门,十点,客服说十点,2026-12-31\n",
    )
    assert shop.json("import", second, "--no-build")["revision"] == 2
    newest, first = shop.json("log")["revisions"]
    assert (first["number"], first["who"], first["why"], first["added"]) == (1, "王", "第一批", 4)
    assert (newest["number"], newest["act"], newest["changed"]) == (2, "import", 1)
    assert newest["why"] == "导入 more.csv"

    (entry,) = shop.json("diff", "2")["entries"]
    assert (entry["entry_id"], entry["kind"]) == ("hours", "changed")
    assert [field["field"] for field in entry["fields"]] == ["answer", "answer@kefu", "valid_until"]
    told = shop.run("diff", "0", "2")
    assert "新增" in told.out
    assert "+ 答案：十点" in told.out

    back = shop.json("rollback", "1", "--who", "李")
    assert (back["rolled_back"], back["revision"], back["index"]["entries"]) == (True, 3, 4)
    assert shop.json("diff", "1", "3")["entries"] == []
    told = shop.run("log")
    assert all(word in told.out for word in ("回退", "李", "回到第 1 版"))
    assert "没有第 9 版，现有 1 到 3" in shop.json("rollback", "9", code=1)["error"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "yaml"])
def test_an_export_is_imported_unchanged(shop: ShopFolder, suffix: str) -> None:
    out = str(shop.folder / f"out.{suffix}")
    assert shop.json("export", out)["entries"] == 4
    again = shop.json("import", out, "--no-build")
    assert (again["unchanged"], again["revision"], again["ignored_columns"]) == (4, None, [])


def test_a_loss_is_shown_by_name_and_needs_a_reason(shop: ShopFolder) -> None:
    labels = shop.write("labels.jsonl", json.dumps({"query": "水果坏了赔不赔", "ids": ["fresh"]}) + "\n")
    worse = shop.write(
        "worse.csv", "id,question,answer,similar,停用\nfresh,水果坏了怎么赔,赔,收到烂果|坏果包赔吗,是\n"
    )
    tried = shop.json("try", worse, "--labels", labels)
    assert tried["questions"] == 12
    assert tried["may_publish"]["granted"] is False
    lost = {each["text"] for each in tried["lost"]}
    assert lost
    assert lost <= {"水果坏了怎么赔", "收到烂果", "坏果包赔吗", "水果坏了赔不赔"}
    assert len(shop.json("log")["revisions"]) == 1

    refused = shop.json("import", worse, "--gate", "--labels", labels, code=1)
    assert (refused["imported"], refused["revision"], refused["entries"]) == (False, None, 4)
    assert {each["text"] for each in refused["trial"]["lost"]} == lost
    told = shop.run("import", worse, "--gate")
    assert told.code == 1
    assert "写明理由才能发布" in told.out

    done = shop.json("import", worse, "--gate", "--labels", labels, "--reason", "缺货")
    assert (done["imported"], done["revision"]) == (True, 2)
    assert set(shop.json("log", "--limit", "1")["revisions"][0]["gate"]["lost"]) == lost


def test_ask_says_what_a_customer_would_get_today(shop: ShopFolder) -> None:
    table = (
        "id,question,answer,答案@微信客服,停用\n"
        "hours,门店几点关门,{name|亲}，九点半,{shop}九点半关门,\n"
        "fresh,水果坏了怎么赔,赔,,是\n"
    )
    shop.json("import", shop.write("more.csv", table))
    assert shop.json("ask", "门店几点关门")["answer"] == "亲，九点半"
    assert shop.json("ask", "门店几点关门", "--channel", "kefu")["answer"] == "本店九点半关门"
    off = shop.json("ask", "坏果包赔吗")
    assert (off["decision"], off["rule"], off["answer"]) == ("refuse", "exact", None)
    assert "停用" in shop.run("ask", "坏果包赔吗").err


def test_the_doctor_names_what_to_look_at(shop: ShopFolder) -> None:
    more = shop.write("more.csv", "id,question,answer,similar,停用\nold,老活动,没有了,我要退货,是\n")
    shop.json("import", more, "--no-build")
    found = shop.json("doctor")
    assert found["conflicts"] == [{"text": "我要退货", "entry_ids": ["return", "old"]}]
    assert found["not_served"] == [{"entry_id": "old", "why": "disabled"}]
    told = shop.run("doctor")
    assert "我要退货：return、old" in told.out
    assert "已停用" in told.out


def test_wrong_usage_and_empty_shops(tmp_path: Path) -> None:
    empty = ShopInThisProcess(tmp_path)
    assert empty.json("log")["revisions"] == []
    assert empty.run("doctor").code == 1
    assert ".xlsx" in empty.json("export", str(tmp_path / "out.doc"), code=1)["error"]
    assert empty.run("try", "no-such-file.csv").code == 2
    assert empty.run("diff", "x").code == 2
