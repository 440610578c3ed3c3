"""What ``check`` says about the app and its 微信客服 accounts: one problem, one cure; a bad Secret is tried once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from channels.checkup import Checked
from channels.kefu.checkup import check_accounts
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.checkup import check_app
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from tests.functional.channels import platform as p
from tests.unit.channels.wecom import vectors as v

AGENT = "/cgi-bin/agent/get"
ACCOUNTS = "/cgi-bin/kf/account/list"
SERVICERS = "/cgi-bin/kf/servicer/list"


@dataclass
class World:
    platform: p.Platform
    settings: WecomSettings
    api: QyApi

    async def app(self) -> Checked:
        return await check_app(self.api, self.settings)

    async def account(self, open_kfid: str = "wk1", *, native: bool = True) -> Checked:
        return (await check_accounts(self.api, [open_kfid], native=native))[open_kfid]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with p.running() as platform, aiohttp.ClientSession() as session:
        ours = v.settings(api_base=platform.url, send_timeout_seconds=p.CALL_SECONDS)
        yield World(platform, ours, QyApi(ours, session, TokenKeeper(GetToken(ours, session))))


def listed(*accounts: tuple[str, bool]) -> dict[str, object]:
    entries = [{"open_kfid": name, "name": "本店", "manage_privilege": ours} for name, ours in accounts]
    return {"errcode": 0, "account_list": entries}


def wrong(checked: Checked, *words: str) -> None:
    assert checked.problem
    assert checked.cure
    for word in words:
        assert word in checked.problem + " " + checked.cure


async def test_all_is_well(world: World) -> None:
    world.platform.will_answer(AGENT, {"errcode": 0, "name": "店小二", "close": 0})
    checked = await world.app()
    assert (checked.problem, checked.cure) == ("", "")
    assert "店小二" in checked.note
    assert world.platform.asked_for(AGENT)[0].query["agentid"] == "218"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ({"errcode": 40001, "errmsg": "invalid credential"}, ("40001", "wecom.secret", "XIAOER_WECOM__SECRET")),
        ({"errcode": 40013, "errmsg": "invalid corpid"}, ("40013", "wecom.corp_id", "企业ID")),
        ({"errcode": 60020, "errmsg": "not allow, from ip: 203.0.113.7"}, ("203.0.113.7", "企业可信IP")),
        ({"errcode": 45009, "errmsg": "freq"}, ("45009", "banned")),
        (p.plain("oops", 500), ("not fetched", "api_base")),
    ],
)  # fmt: skip
async def test_a_refused_credential_is_asked_about_once_and_nothing_more(
    world: World, refusal: p.Answer, words: tuple[str, ...]
) -> None:
    world.platform.will_answer(p.GETTOKEN, *[refusal] * 9)
    checked = await world.app()
    wrong(checked, *words)
    assert "fictional-secret" not in repr(checked)
    assert [request.path for request in world.platform.asked] == [p.GETTOKEN]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7, more"},
            ("203.0.113.7", "企业可信IP", "60020"),
        ),
        ({"errcode": 301002, "errmsg": ""}, ("different apps", "agent_id")),
        ({"errcode": 48002, "errmsg": ""}, ("48002", "微信客服")),
        ({"errcode": 99_999, "errmsg": ""}, ("99999", "docs/errcodes.md")),
        ({"errcode": 0, "name": "店小二", "close": 1}, ("closed",)),
        (p.stall, ("no answer", "api_base")),
    ],
)
async def test_what_is_wrong_with_the_app(world: World, refusal: p.Answer, words: tuple[str, ...]) -> None:
    world.platform.will_answer(AGENT, refusal)
    wrong(await world.app(), *words)


async def test_an_account_that_is_ours_and_served(world: World) -> None:
    world.platform.will_answer(ACCOUNTS, listed(("wk1", True)))
    world.platform.will_answer(SERVICERS, {"errcode": 0, "servicer_list": [{"userid": "mei", "status": 0}]})
    checked = await world.account()
    assert checked == Checked(note="'本店', somebody receives now")
    assert world.platform.asked_for(SERVICERS)[0].query["open_kfid"] == "wk1"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (48002, ("可调用接口的应用",)),
        (48007, ("通过API管理微信客服账号",)),
        (95011, ("Secret of the self-built app",)),
        (95012, ("stand-alone", "微信客服")),
        (60020, ("企业可信IP",)),
    ],
)
async def test_accounts_that_cannot_be_listed(world: World, code: int, words: tuple[str, ...]) -> None:
    world.platform.will_answer(ACCOUNTS, {"errcode": code, "errmsg": ""})
    found = await check_accounts(world.api, ["wk1", "wk2"], native=True)
    assert set(found) == {"wk1", "wk2"}
    for checked in found.values():
        wrong(checked, str(code), *words)
    assert world.platform.asked_for(SERVICERS) == []


@pytest.mark.parametrize("accounts", [listed(("wk2", True)), listed(("wk1", False)), {"errcode": 0}])
async def test_an_account_that_is_not_ours(world: World, accounts: dict[str, object]) -> None:
    world.platform.will_answer(ACCOUNTS, accounts)
    wrong(await world.account(), "通过API管理微信客服账号")


@pytest.mark.parametrize("code", [95000, 95004, 95017, 60030])
async def test_an_account_that_is_refused(world: World, code: int) -> None:
    world.platform.will_answer(ACCOUNTS, listed(("wk1", True)))
    world.platform.will_answer(SERVICERS, {"errcode": code, "errmsg": ""})
    wrong(await world.account(), str(code))


async def test_nobody_to_hand_over_to_is_wrong_only_where_sessions_are_handed_over(world: World) -> None:
    world.platform.will_answer(ACCOUNTS, listed(("wk1", True)), listed(("wk1", True)))
    world.platform.will_answer(SERVICERS, *[{"errcode": 0, "servicer_list": []}] * 2)
    wrong(await world.account(), "no servicer", "接待人员")
    assert (await world.account(native=False)).problem == ""


async def test_servicers_who_all_pause_are_no_fault(world: World) -> None:
    world.platform.will_answer(ACCOUNTS, listed(("wk1", True)))
    world.platform.will_answer(SERVICERS, {"errcode": 0, "servicer_list": [{"userid": "mei", "status": 1}]})
    assert (await world.account()).note == "'本店', nobody receives now"


async def test_an_account_on_the_second_page_is_found(world: World) -> None:
    first = listed(*[(f"wkother{n}", True) for n in range(100)])
    world.platform.will_answer(ACCOUNTS, first, listed(("wk1", True)))
    world.platform.will_answer(SERVICERS, {"errcode": 0, "servicer_list": [{"department_id": 2}]})
    assert (await world.account()).problem == ""
    assert [request.body["offset"] for request in world.platform.asked_for(ACCOUNTS)] == [0, 100]
