"""What belongs to the account itself: menu, followers, addresses, call counters."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.calls import OK, Call
from simulator.errcodes import ApiError
from simulator.menus import check_menu


async def create_menu(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/menu/create``."""
    call.world.menu = check_menu(call.data())
    call.world.journal.append("menu", menu=call.world.menu)
    return OK


async def get_menu(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/menu/get``."""
    if call.world.menu is None:
        raise ApiError(46003)
    return {"menu": call.world.menu}


async def delete_menu(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/menu/delete``."""
    call.world.menu = None
    call.world.journal.append("menu", menu=None)
    return OK


async def user_info(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/user/info?openid=``: whether they follow; names have not been given out since 2021."""
    shopper = call.world.shoppers.by_openid(call.query.get("openid", ""))
    if shopper is None:
        raise ApiError(40003)
    if not shopper.following:
        return {"subscribe": 0, "openid": shopper.openid}
    return {
        "subscribe": 1,
        "openid": shopper.openid,
        "language": "zh_CN",
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "remark": "",
        "tagid_list": [],
    }


async def callback_addresses(_: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/getcallbackip``: where callbacks come from."""
    return {"ip_list": ["127.0.0.1"]}


async def clear_quota(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/clear_quota``: sets the day's call counters to zero, ten times a month."""
    if call.data().get("appid") != call.world.settings.app_id:
        raise ApiError(40013)
    call.world.limits.clear_by_api(call.now)
    return OK
