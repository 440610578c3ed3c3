"""Checks the menu that an account sets for its shoppers' phones (docs: Creating_Custom-Defined_Menu)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.errcodes import ApiError

_MAX_BUTTONS = 3
_MAX_SUB_BUTTONS = 5
_KEY_TYPES = frozenset(
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
_MEDIA_TYPES = frozenset({"media_id", "article_id", "article_view_limited"})


def check_menu(data: Mapping[str, object]) -> dict[str, object]:
    """The menu as it will be shown; raises ApiError with the platform's code for what is wrong."""
    buttons = data.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MAX_BUTTONS:
        raise ApiError(40016)
    return {"button": [_top(button) for button in buttons]}


def _top(button: object) -> dict[str, object]:
    if not isinstance(button, dict):
        raise ApiError(47001)
    subs = button.get("sub_button")
    if not subs:
        return _leaf(button, name_bytes=16)
    if not isinstance(subs, list) or len(subs) > _MAX_SUB_BUTTONS:
        raise ApiError(40023)
    return {"name": _name(button, 16), "sub_button": [_leaf(sub, name_bytes=60) for sub in subs]}


def _leaf(button: object, *, name_bytes: int) -> dict[str, object]:
    if not isinstance(button, dict):
        raise ApiError(47001)
    kind = button.get("type")
    leaf: dict[str, object] = {"type": kind, "name": _name(button, name_bytes)}
    if kind in _KEY_TYPES:
        return leaf | {"key": _text(button, "key", 128, 40019)}
    if kind == "view":
        return leaf | {"url": _text(button, "url", 1024, 40020)}
    if kind == "miniprogram":
        page = {name: _text(button, name, 1024, 40020) for name in ("url", "appid", "pagepath")}
        return leaf | page
    if kind in _MEDIA_TYPES:
        return leaf | {str(kind): _text(button, "media_id", 1024, 40007)}
    raise ApiError(40017)


def _name(button: Mapping[str, object], limit: int) -> str:
    return _text(button, "name", limit, 40018)


def _text(button: Mapping[str, object], name: str, limit: int, errcode: int) -> str:
    value = button.get(name)
    if not isinstance(value, str) or not 0 < len(value.encode()) <= limit:
        raise ApiError(errcode)
    return value
