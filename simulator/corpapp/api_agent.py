"""The app itself, its menu and the members it sees (WeCom 90227, 90231–90233, 90196, 90200)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint
from simulator.corp.errcodes import CorpError
from simulator.corp.members import Member
from simulator.corpapp.menus import check_menu
from simulator.corpapp.receivers import ROOT_PARTY


async def create_menu(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/menu/create?agentid=``."""
    _check_agent(call)
    call.corp.app.menu = check_menu(call.data())
    return OK


async def get_menu(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/menu/get?agentid=``; 46003 without a menu."""
    _check_agent(call)
    menu = call.corp.app.menu
    if menu is None:
        raise CorpError(46003)
    return {**OK, **menu}


async def delete_menu(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/menu/delete?agentid=``."""
    _check_agent(call)
    call.corp.app.menu = None
    return OK


async def get_agent(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/agent/get?agentid=``."""
    _check_agent(call)
    app = call.corp.app
    visible = [{"userid": member.userid} for member in call.corp.members if member.visible]
    whole = app.chats.root_visible
    return {
        **OK,
        "agentid": app.agent_id,
        "name": app.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": [] if whole else visible},
        "allow_partys": {"partyid": [int(ROOT_PARTY)] if whole else []},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": "",
        "report_location_flag": 0,
        "isreportenter": 1,
        "home_url": "",
        "customized_publish_status": 1,
    }


async def get_user(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/user/get?userid=``; 60111 for a stranger or one whom the app does not see."""
    userid = call.query.get("userid", "")
    if not userid:
        raise CorpError(41009)
    member = call.corp.members.get(userid)
    if member is None or not member.visible:
        raise CorpError(60111)
    return {**OK, **_brief(member), "status": 1 if member.active else 4, "main_department": int(ROOT_PARTY)}


async def list_users(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/user/simplelist?department_id=1``; 60003 for another department."""
    if call.query.get("department_id") != ROOT_PARTY:
        raise CorpError(60003)
    return {**OK, "userlist": [_brief(member) for member in call.corp.members if member.visible]}


def _brief(member: Member) -> dict[str, object]:
    return {"userid": member.userid, "name": member.name, "department": [int(ROOT_PARTY)]}


def _check_agent(call: CorpCall) -> None:
    agent = call.query.get("agentid", "")
    if not agent:
        raise CorpError(41011)
    call.corp.app.messages.check_agent({"agentid": agent})


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/menu/create": Endpoint(method="POST", handler=create_menu),
    "/cgi-bin/menu/get": Endpoint(method="GET", handler=get_menu),
    "/cgi-bin/menu/delete": Endpoint(method="GET", handler=delete_menu),
    "/cgi-bin/agent/get": Endpoint(method="GET", handler=get_agent),
    "/cgi-bin/user/get": Endpoint(method="GET", handler=get_user),
    "/cgi-bin/user/simplelist": Endpoint(method="GET", handler=list_users),
}
