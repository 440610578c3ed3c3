"""The platform's own human service as the bot can steer it (docs: customservice, kfsession)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.calls import OK, Call, text_of
from simulator.errcodes import ApiError
from simulator.shoppers import Shopper


async def agents(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/customservice/getkflist``."""
    return {
        "kf_list": [
            {"kf_account": agent.account, "kf_nick": agent.nickname, "kf_id": str(1000 + number)}
            for number, agent in enumerate(call.world.agents.agents.values(), 1)
        ]
    }


async def online_agents(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/customservice/getonlinekflist``."""
    desk = call.world.agents
    return {
        "kf_online_list": [
            {
                "kf_account": agent.account,
                "status": 1,
                "kf_id": str(1000 + number),
                "accepted_case": sum(
                    1 for session in desk.sessions.values() if session.account == agent.account
                ),
            }
            for number, agent in enumerate(desk.agents.values(), 1)
            if agent.online
        ]
    }


async def open_session(call: Call) -> Mapping[str, object]:
    """``POST /customservice/kfsession/create``."""
    data = call.data()
    shopper = _shopper(call, text_of(data, "openid", 40003))
    account = text_of(data, "kf_account", 65401)
    call.world.agents.open(account, shopper.openid, call.now)
    call.pusher.tell_event(shopper, "kf_create_session", KfAccount=account)
    return OK


async def close_session(call: Call) -> Mapping[str, object]:
    """``POST /customservice/kfsession/close``."""
    data = call.data()
    shopper = _shopper(call, text_of(data, "openid", 40003))
    account = text_of(data, "kf_account", 65401)
    call.world.agents.close(account, shopper.openid)
    call.pusher.tell_event(shopper, "kf_close_session", KfAccount=account)
    return OK


async def get_session(call: Call) -> Mapping[str, object]:
    """``GET /customservice/kfsession/getsession?openid=``."""
    session = call.world.agents.sessions.get(call.query.get("openid", ""))
    if session is None:
        return {**OK, "kf_account": "", "createtime": 0}
    return {**OK, "kf_account": session.account, "createtime": int(session.created)}


async def sessions_of_agent(call: Call) -> Mapping[str, object]:
    """``GET /customservice/kfsession/getsessionlist?kf_account=``."""
    account = call.query.get("kf_account", "")
    if account not in call.world.agents.agents:
        raise ApiError(65401)
    return {
        "sessionlist": [
            {"createtime": int(session.created), "openid": session.openid}
            for session in call.world.agents.sessions.values()
            if session.account == account
        ]
    }


async def waiting(call: Call) -> Mapping[str, object]:
    """``GET /customservice/kfsession/getwaitcase``."""
    queue = [
        {"latest_time": int(since), "openid": openid} for openid, since in call.world.agents.waiting.items()
    ]
    return {"count": len(queue), "waitcaselist": queue}


def _shopper(call: Call, openid: str) -> Shopper:
    shopper = call.world.shoppers.by_openid(openid)
    if shopper is None:
        raise ApiError(40003)
    return shopper
