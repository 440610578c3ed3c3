"""``customers import`` and ``customers show`` on real databases, as people run them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.__main__ import command_line

COMMANDS = command_line("customers")
KEY = "k" * 32
ORDERS = """订单编号,会员ID,手机号,付款时间,实付金额(元),商品类目,退款时间,退款金额,备注
D1,M7,13800138000,2026-11-01 10:00,210.00,粮油,,,
D2,M7,,2026-11-03 10:00,190.50,粮油,2026-11-05,190.50,
D3,M8,,2026-11-03 11:00,12.345,生鲜,,,
D4,M8,,,0.00,生鲜,,,没付款
D5,M8,,昨天,30,生鲜,,,
D6,,13800138000,2026-11-06 10:00,30,生鲜,,,
D6,,13800138000,2026-11-06 10:00,30,生鲜,,,
"""


class Shop:
    """A configuration beside the files that are imported."""

    def __init__(self, folder: Path, database_url: str, key: str) -> None:
        self.folder = folder
        self._config = folder / "config.yml"
        self._config.write_text(yaml.safe_dump({"database": {"url": database_url}}), encoding="utf-8")
        self._environment = {"XIAOER_CUSTOMERS__KEY": key}

    def run(self, *arguments: str, code: int = 0) -> str:
        """What is printed; the exit code has to be ``code``."""
        ran = CliRunner().invoke(
            command_line("customers"),
            ["customers", *arguments, "--config", str(self._config)],
            env=self._environment,
        )
        assert ran.exit_code == code, ran.output
        return ran.output if code else ran.stdout

    def told(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The one JSON object on standard output."""
        ran = CliRunner().invoke(
            command_line("customers"),
            ["customers", *arguments, "--json", "--config", str(self._config)],
            env=self._environment,
        )
        assert ran.exit_code == code, ran.output
        value: dict[str, Any] = json.loads(ran.stdout)
        return value

    def file(self, name: str, text: str, encoding: str = "utf-8") -> str:
        path = self.folder / name
        path.write_text(text, encoding=encoding)
        return str(path)


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Shop:
    return Shop(tmp_path, database_url, KEY)


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[name] for name in ("new", "known", "refused", "not_one", "repeated"))


def test_an_export_comes_in_is_corrected_and_is_shown(shop: Shop) -> None:
    file = shop.file("orders.csv", ORDERS, encoding="gb18030")
    first = shop.told("import", file, "--source", "mall", "--kind", "pay", code=1)
    assert counts(first) == (3, 1, 2, 1, 0)
    assert first["ignored"] == ["备注"]
    assert [(each["line"], each["field"]) for each in first["first_refused"]] == [
        (4, "实付金额(元)"),
        (6, "付款时间"),
    ]
    refunds = shop.told("import", file, "--source", "mall", "--kind", "refund")
    assert counts(refunds) == (1, 0, 0, 6, 0)
    again = shop.run("import", file, "--source", "mall", "--kind", "pay", code=1)
    assert "新增 0 条，已有 4 条，没收 2 条" in again
    assert "line 6: 付款时间: is no time that can be read" in again

    refused = Path(first["refused_file"])
    assert refused.name == "orders.refused.csv"
    corrected = (
        refused.read_text(encoding="utf-8-sig").replace("12.345", "12.34").replace("昨天", "2026-11-05 9:00")
    )
    refused.write_text(corrected, encoding="utf-8-sig")
    assert counts(shop.told("import", str(refused), "--source", "mall", "--kind", "pay")) == (2, 0, 0, 0, 0)
    with (shop.folder / "orders.refused-2.csv").open(encoding="utf-8-sig", newline="") as kept:
        assert len(list(csv.reader(kept))) == 3, "that of the second import, beside the corrected one"

    customer = shop.told("show", "mall:M7")
    assert [name["kind"] for name in customer["names"]] == ["mall_id", "phone"]
    assert customer["names"][1]["value"] == "138••••8000"
    assert [(link["reason"], link["state"]) for link in customer["links"]] == [("phone", "joins")]
    behaviour = customer["profile"]["behaviour"]
    assert (behaviour["orders"], behaviour["spent_fen"], behaviour["refunds"]) == (2, 24_000, 1)
    assert behaviour["preferences"] == ["粮油", "生鲜"]
    assert shop.told("show", "phone:13800138000") == customer
    assert shop.told("show", f"customer:{customer['customer_id']}") == customer
    shown = shop.run("show", "mall:M7")
    for words in (
        "商城会员",
        "138••••8000",
        "2 单，客单价 ¥120，消费 ¥240",
        "退款 1 单",
        "粮油、生鲜",
        "顾客确认的手机号",
    ):
        assert words in shown
    assert "13800138000" not in shown


def test_what_cannot_be_done_is_said(shop: Shop, tmp_path: Path) -> None:
    file = shop.file("orders.csv", ORDERS)
    assert "不能是 xiaoer" in shop.run("import", file, "--source", "xiaoer", "--kind", "pay", code=2)
    assert "message" in shop.run("import", file, "--source", "mall", "--kind", "message", code=2)
    assert "no column says what happened" in shop.run("import", file, "--source", "mall", code=2)
    nothing = shop.file("empty.csv", "")
    assert "is empty" in shop.run("import", nothing, "--source", "mall", code=2)
    assert not list(tmp_path.glob("*.refused.csv"))
    assert "没有这位顾客" in shop.run("show", "mall:M7", code=1)
    assert "没有这位顾客" in shop.run("show", "customer:7", code=1)
    assert "写成" in shop.run("show", "M7", code=2)


def test_without_a_key_phone_numbers_are_neither_taken_nor_found(tmp_path: Path, database_url: str) -> None:
    shop = Shop(tmp_path, database_url, "")
    file = shop.file("orders.csv", ORDERS)
    told = shop.told("import", file, "--source", "mall", "--kind", "pay", code=1)
    assert counts(told) == (2, 0, 4, 1, 0)
    assert "XIAOER_CUSTOMERS__KEY" in told["first_refused"][-1]["cure"]
    assert [name["kind"] for name in shop.told("show", "mall:M7")["names"]] == ["mall_id"]
    assert "XIAOER_CUSTOMERS__KEY" in shop.run("show", "phone:13800138000", code=2)


def test_the_total_of_an_order_in_each_of_its_rows_is_noticed(shop: Shop) -> None:
    text = "mall_id,订单号,时间,金额,商品\nM1,D1,2026-11-01,30,米\nM1,D1,2026-11-01,30,油\nM1,D2,2026-11-01,30,米\n"
    file = shop.file("goods.csv", text)
    assert "有 1 行和上一行是同一订单、同样金额" in shop.run(
        "import", file, "--source", "mall", "--kind", "pay"
    )


def test_what_comes_before_a_line_that_is_no_csv_goes_in(shop: Shop) -> None:
    file = shop.file("torn.csv", 'mall_id,at\nM1,2026-11-01\nM2,2026-11-02\nM3,"2026-11\n')
    told = shop.told("import", file, "--source", "mall", "--kind", "share", code=1)
    assert (told["new"], told["refused"]) == (2, 0)
    assert "line 4 is not CSV" in told["stopped"]
    assert shop.told("show", "mall:M2")["profile"]["behaviour"]["shares"] == 1
