"""Pulling and the desk's lists, call by call."""

from __future__ import annotations

import pytest

from channels.calls import Answered, Result
from channels.kefu.client import KefuClient, Pause
from channels.kefu.desk import Customer, KefuAccount
from channels.kefu.pages import Page
from channels.outcomes import NotSent, OutcomeUnknown, Refused
from conversations.errors import Permanent, Transient
from tests.unit.channels.kefu.platform import TO, Platform, platform, run
from tests.unit.channels.kefu.pulled import ACCOUNT


def ok(**body: object) -> Answered:
    return Answered(code=0, message="ok", body=body)


def errcode(code: int) -> Answered:
    return Answered(code=code, message="", body={})


def client(api: str, *answers: Result) -> tuple[KefuClient, Platform]:
    fake = platform()
    fake.answers[api] = list(answers)
    return KefuClient(fake), fake  # type: ignore[arg-type]  # it has the one method that is called


def test_a_pull_names_account_cursor_and_token() -> None:
    kefu, fake = client("sync_msg", ok(next_cursor="c2", has_more=1, msg_list=[{"msgid": "1"}]))
    page = run(kefu.sync(ACCOUNT, "c1", "TOKEN", limit=500))
    assert page == Page(items=({"msgid": "1"},), next_cursor="c2", has_more=True)
    assert fake.calls == [
        (
            "sync_msg",
            {"open_kfid": ACCOUNT, "limit": 500, "voice_format": 0, "cursor": "c1", "token": "TOKEN"},
        )
    ]


def test_the_first_pull_has_no_cursor_and_a_pull_of_our_own_no_token() -> None:
    kefu, fake = client("sync_msg", ok())
    assert run(kefu.sync(ACCOUNT, "", "")) == Page(items=(), next_cursor="", has_more=False)
    assert fake.calls == [("sync_msg", {"open_kfid": ACCOUNT, "limit": 1000, "voice_format": 0})]


@pytest.mark.parametrize(
    ("answer", "token", "seconds", "without_token"),
    [
        (errcode(95007), "TOKEN", 0.0, True),
        (errcode(95007), "", 300.0, False),
        (errcode(45009), "TOKEN", 60, False),
        (errcode(-1), "TOKEN", None, False),
        (errcode(60020), "TOKEN", 300, False),
        (errcode(99999), "TOKEN", 300.0, False),
        (NotSent(reason="limit", retry_after=12.5), "", 12.5, False),
        (OutcomeUnknown(reason="lost"), "", None, False),
        (Answered(code=None, message="", body={}), "", None, False),
        (ok(msg_list="x"), "", None, False),
    ],
)
def test_why_a_pull_pauses(answer: Result, token: str, seconds: float | None, without_token: bool) -> None:
    kefu, _ = client("sync_msg", answer)
    pause = run(kefu.sync(ACCOUNT, "c", token))
    assert isinstance(pause, Pause)
    assert (pause.retry_after, pause.without_token) == (seconds, without_token)
    assert pause.reason


def test_lists_that_cannot_be_read() -> None:
    kefu, _ = client("servicer/list", errcode(48007))
    assert isinstance(run(kefu.servicers(ACCOUNT)), NotSent)
    kefu, _ = client("service_state/get", errcode(40096))
    assert isinstance(run(kefu.service_state(TO)), Refused)


def test_customers() -> None:
    kefu, fake = client(
        "customer/batchget", ok(customer_list=[{"external_userid": "wm1", "nickname": "小明"}])
    )
    assert run(kefu.customers(["wm1"])) == (
        Customer(external_userid="wm1", nickname="小明", avatar="", gender=0, union_id=""),
    )
    assert fake.calls[0][1] == {"external_userid_list": ["wm1"], "need_enter_session_context": 0}
    assert run(kefu.customers([])) == ()
    with pytest.raises(ValueError, match="100"):
        run(kefu.customers(["wm"] * 101))


def test_failures_of_lists_are_raised() -> None:
    kefu, _ = client("customer/batchget", OutcomeUnknown(reason="lost"), errcode(40058))
    with pytest.raises(Transient, match="lost"):
        run(kefu.customers(["wm1"]))
    with pytest.raises(Permanent, match="40058"):
        run(kefu.customers(["wm1"]))


def test_accounts_are_read_to_the_end() -> None:
    full = [{"open_kfid": f"wk{n}", "name": "店", "manage_privilege": True} for n in range(100)]
    kefu, fake = client("account/list", ok(account_list=full), ok(account_list=[{"open_kfid": "wk100"}]))
    found = run(kefu.accounts())
    assert len(found) == 101
    assert found[100] == KefuAccount(open_kfid="wk100", name="", manageable=False)
    assert [body["offset"] for _, body in fake.calls] == [0, 100]


def test_a_contact_way() -> None:
    url = "https://work.weixin.qq.com/kfid/kfc1"
    kefu, fake = client("add_contact_way", ok(url=url), ok(url=url), ok(url="http://x"))
    assert run(kefu.contact_way(ACCOUNT, "poster")) == url
    assert run(kefu.contact_way(ACCOUNT)) == url
    assert [body for _, body in fake.calls] == [
        {"open_kfid": ACCOUNT, "scene": "poster"},
        {"open_kfid": ACCOUNT},
    ]
    with pytest.raises(Transient, match="without a link"):
        run(kefu.contact_way(ACCOUNT))
