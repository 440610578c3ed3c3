"""The desk's lists as typed values, and links that open a chat."""

from __future__ import annotations

from typing import Any

import pytest

from channels.kefu.desk import (
    Customer,
    KefuAccount,
    Servicer,
    Servicers,
    Session,
    accounts,
    customers,
    servicers,
    session,
)
from channels.kefu.links import checked_scene, with_scene_param
from channels.kefu.states import SessionState


def test_a_session() -> None:
    assert session({"service_state": 3, "servicer_userid": "li"}) == Session(
        state=SessionState.SERVED, servicer="li"
    )
    assert session({"service_state": 0}) == Session(state=SessionState.UNHANDLED)


@pytest.mark.parametrize("body", [{}, {"service_state": 5}, {"service_state": None}, {"service_state": True}])
def test_a_state_that_we_do_not_know_is_none(body: dict[str, Any]) -> None:
    assert session(body) is None


def test_servicers_status_0_is_receiving() -> None:
    read = servicers(
        {"servicer_list": [{"userid": "li", "status": 0}, {"userid": "wang", "status": 1, "stop_type": 1}, 5]}
    )
    assert read == Servicers(
        members=(Servicer(userid="li", receiving=True), Servicer(userid="wang", receiving=False)),
        departments=False,
    )
    assert read.somebody_receives
    assert [read.receives(name) for name in ("li", "wang", "zhao")] == [True, False, False]


def test_nobody_receives() -> None:
    assert not servicers({"servicer_list": [{"userid": "wang", "status": 1}]}).somebody_receives
    assert not servicers({}).somebody_receives


def test_a_department_is_believed_to_receive() -> None:
    read = servicers({"servicer_list": [{"userid": "wang", "status": 1}, {"department_id": 2}]})
    assert read.somebody_receives
    assert [read.receives(name) for name in ("wang", "zhao")] == [False, True]


def test_customers_and_accounts() -> None:
    body = {
        "customer_list": [
            {
                "external_userid": "wm1",
                "nickname": "小明",
                "avatar": "https://a",
                "gender": 1,
                "unionid": "u",
            },
            {"external_userid": "wm2"},
            {"nickname": "nobody"},
        ]
    }
    assert customers(body) == (
        Customer(external_userid="wm1", nickname="小明", avatar="https://a", gender=1, union_id="u"),
        Customer(external_userid="wm2", nickname="", avatar="", gender=0, union_id=""),
    )
    assert accounts(
        {"account_list": [{"open_kfid": "wk1", "name": "售前", "manage_privilege": True}, {"name": "x"}]}
    ) == (KefuAccount(open_kfid="wk1", name="售前", manageable=True),)


def test_a_link_carries_a_parameter() -> None:
    url = "https://work.weixin.qq.com/kfid/kfc1?enc_scene=ENC"
    assert with_scene_param(url, "a=1&b=橙") == f"{url}&scene_param=a%3D1%26b%3D%E6%A9%99"
    assert with_scene_param("https://w.example/kfid", "a") == "https://w.example/kfid?scene_param=a"
    assert with_scene_param(url, "") == url
    assert with_scene_param(url, "x" * 128).endswith("x" * 128)
    with pytest.raises(ValueError, match="135 bytes"):
        with_scene_param(url, "橙" * 15)


def test_scenes_are_short_and_plain() -> None:
    assert checked_scene("poster_1") == "poster_1"
    for bad in ("x" * 33, "海报", "a b"):
        with pytest.raises(ValueError, match="scene"):
            checked_scene(bad)
