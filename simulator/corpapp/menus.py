"""The menu of an app, as its members see it (WeCom 90231 创建菜单)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json

_MOST_BUTTONS, _MOST_SUB_BUTTONS = 3, 5
KEY_TYPES = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
"""Buttons that send their key."""


def check_menu(data: Mapping[str, object]) -> Json:
    """The menu as it will be shown; raises CorpError 4001x–4002x for what is wrong."""
    buttons = data.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MOST_BUTTONS:
        raise CorpError(40016)
    return {"button": [_top(button) for button in buttons]}


def leaves(menu: Mapping[str, object]) -> list[Json]:
    """Every button that does something, of both levels."""
    found: list[Json] = []
    buttons = menu.get("button")
    for button in buttons if isinstance(buttons, list) else []:
        found += button.get("sub_button", [button])
    return found


def _top(button: object) -> Json:
    if not isinstance(button, dict):
        raise CorpError(40058, "button")
    subs = button.get("sub_button")
    if not subs:
        return _leaf(button, name_bytes=16, sub=False)
    if not isinstance(subs, list) or len(subs) > _MOST_SUB_BUTTONS:
        raise CorpError(40023)
    return {"name": _text(button, "name", 16, 40018), "sub_button": [_sub(sub) for sub in subs]}


def _sub(button: object) -> Json:
    if not isinstance(button, dict):
        raise CorpError(40058, "sub_button")
    if button.get("sub_button"):
        raise CorpError(40022)
    return _leaf(button, name_bytes=40, sub=True)


def _leaf(button: Mapping[str, object], *, name_bytes: int, sub: bool) -> Json:
    kind = button.get("type")
    leaf: Json = {"type": kind, "name": _text(button, "name", name_bytes, 40025 if sub else 40018)}
    if kind in KEY_TYPES:
        return leaf | {"key": _text(button, "key", 128, 40026 if sub else 40019)}
    if kind == "view":
        return leaf | {"url": _text(button, "url", 1024, 40027 if sub else 40020)}
    if kind == "view_miniprogram":
        return leaf | {name: _text(button, name, 1024, 40058) for name in ("pagepath", "appid")}
    raise CorpError(40024 if sub else 40017)


def _text(button: Mapping[str, object], name: str, limit: int, errcode: int) -> str:
    value = button.get(name)
    if not isinstance(value, str) or not 0 < len(value.encode()) <= limit:
        raise CorpError(errcode, name)
    return value
