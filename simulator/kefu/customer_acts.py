"""What customers do: come in, write, send, click, take back (WeCom 94670 读取消息)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast
from urllib.parse import parse_qs, urlsplit

from simulator.kefu.accounts import Account
from simulator.kefu.codes import Occasion
from simulator.kefu.customers import Customer, Line, Speaker
from simulator.kefu.states import State
from simulator.kefu.world import KefuWorld
from simulator.media import sample_picture, sample_voice
from simulator.requests_in import BadRequest, Conflict

SIZE_LIMITS: Mapping[str, int] = {"image": 2 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}
"""Bytes of what is passed on; for something larger a text comes instead."""

_WELCOME_WINDOW = 48 * 3600.0
_SAMPLES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "image": ("image/png", sample_picture),
    "voice": ("audio/amr", sample_voice),
    "video": ("video/mp4", lambda: b"\x00\x00\x00\x18ftypmp42"),
    "file": ("application/pdf", lambda: b"%PDF-1.4\n%%EOF\n"),
}
_PLAIN: Mapping[str, Mapping[str, object]] = {
    "location": {"latitude": 31.23, "longitude": 121.47, "name": "人民广场", "address": "上海市黄浦区"},
    "link": {"title": "一个链接", "desc": "", "url": "https://example.com/", "pic_url": ""},
    "business_card": {"userid": ""},
    "miniprogram": {"title": "小程序", "appid": "wx0", "pagepath": "pages/index.html", "thumb_media_id": ""},
    "msgmenu": {"head_content": "", "list": [], "tail_content": ""},
    "channels_shop_product": {"product_id": "", "title": "", "sales_price": "", "shop_nickname": ""},
    "channels_shop_order": {"order_id": "", "product_titles": "", "price_wording": "", "state": ""},
    "merged_msg": {"title": "聊天记录", "item": []},
    "channels": {"sub_type": 1, "nickname": "", "title": ""},
    "meeting": {},
    "calendar": {},
    "note": {},
}
"""Bodies of what can be sent besides texts and files; an act's fields replace these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an act: the id in the stream, the line on the phone, the welcome code if one was given."""

    msgid: str
    line: Line | None = None
    welcome_code: str | None = None


Data = Mapping[str, object]
Act = Callable[[KefuWorld, Account, Customer, Data], Done]


def act(kefu: KefuWorld, account: Account, customer: Customer, name: str, data: Data) -> Done:
    """Carry out one act and ring; raises BadRequest (cannot be) or Conflict (not now)."""
    if name not in CUSTOMER_ACTS:
        raise BadRequest(f"there is no act {name!r}; there are {', '.join(CUSTOMER_ACTS)}")
    return CUSTOMER_ACTS[name](kefu, account, customer, data)


def say(
    kefu: KefuWorld,
    account: Account,
    customer: Customer,
    words: str,
    *,
    menu_id: str | None = None,
    ring: bool = True,
) -> Done:
    """The customer writes a text, or clicks one (then with the menu id)."""
    body = {"content": words} if menu_id is None else {"content": words, "menu_id": menu_id}
    return write(kefu, account, customer, "text", body, ring=ring)


def write(
    kefu: KefuWorld, account: Account, customer: Customer, kind: str, body: Data, *, ring: bool = True
) -> Done:
    """Any message of the customer: on the phone, in the session, in the stream."""
    session = kefu.session(account.open_kfid, customer)
    if session.rejected:
        raise Conflict("the servicer takes no messages from this customer")
    old, msgid = session.state, kefu.new_msgid()
    line = kefu.show(customer, account.open_kfid, Speaker.CUSTOMER, kind, body, msgid=msgid)
    renews = "menu_id" not in body or kefu.knobs.kefu_click_renews
    if session.hear(kefu.now, kefu.knobs.kefu_budget if renews else None):
        kefu.note_state(session, old, by="customer")
        kefu.assign(account, session)
    kefu.put_message(session, kind, body, msgid=msgid)
    if ring:
        kefu.ring(account.open_kfid)
    return Done(msgid=msgid, line=line)


def store(kefu: KefuWorld, kind: str, content_type: str, data: bytes) -> dict[str, object]:
    """Keep a file that a customer sends; returns the body that names it."""
    return {"media_id": kefu.around.media.put(kind, content_type, data, kefu.now).media_id}


def _enter(kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    """Open the chat; only a link makes an event, and only a silent customer gets a welcome code."""
    session, now = kefu.session(account.open_kfid, customer), kefu.now
    if data.get("link") is False:
        return Done(msgid="")
    scene, scene_param = _scene(kefu, account, data)
    fields: dict[str, object] = {"scene": scene, "scene_param": scene_param}
    if isinstance(data.get("wechat_channels"), dict):
        fields["wechat_channels"] = data["wechat_channels"]
    session.scene, session.entered_at = dict(fields), now
    code = None
    quiet = not session.wrote_within(_WELCOME_WINDOW, now)
    if quiet and not session.was_welcomed_within(_WELCOME_WINDOW, now) and session.state is State.OVER:
        code = kefu.codes.give(Occasion.WELCOME, account.open_kfid, customer.external_userid, now)
        fields["welcome_code"] = code
    msgid = kefu.put_event(
        account.open_kfid, "enter_session", external_userid=customer.external_userid, **fields
    )
    return Done(msgid=msgid, welcome_code=code)


def _scene(kefu: KefuWorld, account: Account, data: Data) -> tuple[str, str]:
    url = data.get("url")
    if not isinstance(url, str):
        return str(data.get("scene", "")), str(data.get("scene_param", ""))
    query = parse_qs(urlsplit(url).query)
    found = kefu.accounts.scene_of(query.get("enc_scene", [""])[0])
    if found is None or found[0] != account.open_kfid:
        raise BadRequest("url: not a link of this account")
    return found[1], query.get("scene_param", [""])[0]


def _click(kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    """Click an item of the newest menu (or of ``msgid``): its words come as a text with the menu id."""
    wanted, msgid = str(data.get("id", "")), _optional(data, "msgid")
    for line in reversed(customer.lines):
        if line.kind != "msgmenu" or line.open_kfid != account.open_kfid or msgid not in (None, line.msgid):
            continue
        for item in cast("list[dict[str, dict[str, str]]]", line.content["list"]):
            click = item.get("click")
            if click is not None and click["id"] == wanted:
                return say(kefu, account, customer, click["content"], menu_id=wanted)
    raise BadRequest(f"there is no menu with an item {wanted!r} on the phone")


def _recall(kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    msgid = _optional(data, "msgid")
    line = None if msgid is None else customer.line_of(msgid)
    if line is None or line.speaker is not Speaker.CUSTOMER:
        raise BadRequest("msgid: not a message of this customer")
    line.recalled = True
    event = kefu.put_event(
        account.open_kfid,
        "user_recall_msg",
        external_userid=customer.external_userid,
        recall_msgid=line.msgid,
    )
    return Done(msgid=event, line=line)


def _raw(kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    """Any type with any body, known to the platform or not."""
    kind, body = _optional(data, "msgtype"), data.get("body", {})
    if kind is None or not isinstance(body, dict):
        raise BadRequest("raw needs msgtype and an object body")
    return write(kefu, account, customer, kind, body)


def _say(kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    return say(kefu, account, customer, _words(data), menu_id=_optional(data, "menu_id"))


def _refuse(_: KefuWorld, __: Account, customer: Customer, data: Data) -> Done:
    """Take no messages of the account any more, or take them again (``on`` false)."""
    customer.refuses = data.get("on") is not False
    return Done(msgid="")


def _plain(kind: str, kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    body = {**_PLAIN[kind], **{key: value for key, value in data.items() if key != "account"}}
    return write(kefu, account, customer, kind, body)


def _file(kind: str, kefu: KefuWorld, account: Account, customer: Customer, data: Data) -> Done:
    if "media_id" not in data:
        content_type, sample = _SAMPLES[kind]
        data = {**data, **store(kefu, kind, content_type, sample())}
    media_id = str(data["media_id"])
    stored = kefu.around.media.get(media_id, kefu.now)
    if stored is not None and len(stored.data) > SIZE_LIMITS[kind]:
        return say(kefu, account, customer, "[文件过大，请在手机端查看]")
    return write(kefu, account, customer, kind, {"media_id": media_id})


def _words(data: Data) -> str:
    words = data.get("text")
    if isinstance(words, str) and words:
        return words
    raise BadRequest("text must be text and not empty")


def _optional(data: Data, name: str) -> str | None:
    value = data.get(name)
    return None if value is None else str(value)


CUSTOMER_ACTS: Mapping[str, Act] = {
    "enter": _enter,
    "say": _say,
    "click": _click,
    "recall": _recall,
    "refuse": _refuse,
    "raw": _raw,
    **{kind: partial(_file, kind) for kind in _SAMPLES},
    **{kind: partial(_plain, kind) for kind in _PLAIN},
}
