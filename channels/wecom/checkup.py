"""Does the platform accept the app's settings? Asked once for each question, and nothing after a refused Secret."""

from __future__ import annotations

from collections.abc import Mapping

from channels.calls import Answered, Result
from channels.checkup import Checked
from channels.tokens import CredentialRefused
from channels.wecom.api import QyApi
from channels.wecom.errcodes import ERRCODES
from channels.wecom.settings import WecomSettings
from conversations.errors import Transient

_AGENT = "cgi-bin/agent/get"

CURES: Mapping[int, str] = {
    40056: "Copy wecom.agent_id from the page of the app in 应用管理",
    45009: "Wait a minute, then check again",
    48002: "Give the app this API: for 微信客服, list it under 微信客服 → 可调用接口的应用",
    48007: "Put the account under 微信客服 → 通过API管理微信客服账号, for this app",
    60011: "Widen the app's 可见范围 in 应用管理",
    60020: "Add it to 企业可信IP of the app in 应用管理; it counts within a minute",
    60030: "Put the servicers into the app's 可见范围 in 应用管理",
    60031: "Look at the app's page in 应用管理: it is closed, or its right to the API was withdrawn",
    95000: "Copy the open_kfid (wk…) of the account into wecom.kefu.accounts",
    95004: "Take it out of wecom.kefu.accounts, or copy the open_kfid (wk…) of an account of this corp",
    95010: "Renew 微信客服 in the console",
    95011: "Set XIAOER_WECOM__SECRET to the Secret of the self-built app, not to the one of 微信客服",
    95012: "Move 微信客服 into 企业微信: in its console, list the app under 微信客服 → 可调用接口的应用",
    95017: "Switch the API on under 微信客服 → 通过API管理微信客服账号",
    95023: "Give the account to this app under 微信客服 → 通过API管理微信客服账号",
    95026: "Open the account again under 微信客服",
    95032: "Renew 微信客服 in the console",
    301002: "wecom.agent_id and XIAOER_WECOM__SECRET belong to different apps; copy both from one page",
}
"""What to do about an errcode, in the words of the platform's console."""

_LOOK_IT_UP = "Look the errcode up in docs/errcodes.md"


async def check_app(api: QyApi, settings: WecomSettings) -> Checked:
    """Whether corp id, Secret, our address and agent id are accepted (WeCom 91039, 90227 获取指定的应用详情)."""
    try:
        await api.tokens.probe()
    except CredentialRefused as refused:
        return Checked(problem=f"{refused.key}: {refused.problem}", cure=refused.cure)
    except Transient as away:
        return Checked(problem=str(away), cure="Check wecom.api_base and the network, then again")
    result = await api.call(_AGENT, params={"agentid": str(settings.agent_id)})
    ill = ailment("agent/get", result)
    if ill is not None:
        return ill
    name = result.body.get("name") if isinstance(result, Answered) else None
    if isinstance(result, Answered) and result.body.get("close") == 1:
        return Checked(problem=f"the app {name!r} is closed", cure="Open it in 应用管理")
    return Checked(note=f"the platform accepts corp id, Secret and our address; the app is {name!r}")


def ailment(what: str, result: Result) -> Checked | None:
    """What is wrong when the call ``what`` was answered with ``result``; None when nothing is."""
    if not isinstance(result, Answered):
        return Checked(
            problem=f"{what}: {result.reason}", cure="Check wecom.api_base and the network, then again"
        )
    if result.code in (None, 0):
        return None
    assert result.code is not None
    meaning = ERRCODES.row(result.code).meaning
    address = f", address {result.address}" if result.code == 60020 and result.address else ""
    problem = f"{what}: {meaning}{address} (errcode {result.code})"
    return Checked(problem=problem, cure=CURES.get(result.code, _LOOK_IT_UP))
