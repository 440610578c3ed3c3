"""Messages that the bot sends by itself: custom messages, the typing mark, templates (docs: kf/intro)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.acts import template_result
from simulator.calls import OK, Call, list_of, object_of, text_of
from simulator.errcodes import ApiError
from simulator.messages import Inner
from simulator.quota import Refused
from simulator.replies import TEXT_LIMIT
from simulator.shoppers import Route, Shopper

_TYPING_SECONDS = 15.0
_TYPING_WINDOW = 30.0
Content = dict[str, object]


async def send(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/message/custom/send``: checks in the order account, recipient, content, windows."""
    _require_verified(call)
    data = call.data()
    if b"\\u" in call.body:
        call.world.violate("escaped-json", detail="text should be sent as UTF-8, not as \\u escapes")
    shopper = _recipient(call, data)
    kind = text_of(data, "msgtype", 40008)
    reader = _CONTENTS.get(kind)
    if reader is None:
        raise ApiError(40008)
    content = reader(call, object_of(data, kind, 44004), shopper)
    _take_quota(call, shopper)
    agent = data.get("customservice")
    if isinstance(agent, dict):
        content["agent"] = str(agent.get("kf_account", ""))
    _note_repetition(call, shopper, kind, content)
    call.world.note(shopper, Route.CUSTOM, kind, content)
    return OK


async def typing(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/message/custom/typing``: the mark lasts 15 seconds or until a message comes."""
    _require_verified(call)
    data = call.data()
    shopper = _recipient(call, data)
    command = data.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    if command == "CancelTyping":
        shopper.typing_until = 0.0
    else:
        if call.now - shopper.last_act > _TYPING_WINDOW:
            raise ApiError(45080)
        if shopper.typing_until > call.now:
            raise ApiError(45081)
        shopper.typing_until = call.now + _TYPING_SECONDS
    call.world.journal.append("typing", shopper.id, on=shopper.typing_until > call.now)
    return OK


async def send_template(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/message/template/send``: shown at once, the result follows as an event."""
    _require_verified(call)
    data = call.data()
    shopper = _recipient(call, data)
    fields = object_of(data, "data")
    template = text_of(data, "template_id", 40037)
    msg_id = call.world.next_msg_id()
    lines = [str(item.get("value", "")) for item in fields.values() if isinstance(item, dict)]
    content: Content = {"template_id": template, "lines": lines, "url": str(data.get("url", ""))}
    call.world.note(shopper, Route.CUSTOM, "template", content, msg_id=msg_id)
    deed = template_result({"msgid": msg_id})
    inner = Inner(
        to_user=call.world.settings.original_id,
        from_user=shopper.openid,
        create_time=int(call.now),
        msg_type=deed.msg_type,
        fields=deed.fields,
    )
    call.pusher.push(shopper, inner)
    return {**OK, "msgid": int(msg_id)}


def _require_verified(call: Call) -> None:
    if not call.world.knobs.verified:
        raise ApiError(48001)


def _recipient(call: Call, data: Mapping[str, object]) -> Shopper:
    openid = data.get("touser")
    shopper = call.world.shoppers.by_openid(openid) if isinstance(openid, str) else None
    if shopper is None:
        call.world.violate("unknown-openid", detail=str(openid)[:64])
        raise ApiError(40003)
    if not shopper.following:
        call.world.violate("not-following", shopper=shopper.id)
        raise ApiError(43004)
    return shopper


def _take_quota(call: Call, shopper: Shopper) -> None:
    taken = shopper.quota.take(call.now)
    if isinstance(taken, Refused):
        code = "over-quota" if taken.errcode == 45047 else "outside-window"
        call.world.violate(code, shopper=shopper.id)
        raise ApiError(taken.errcode)


def _note_repetition(call: Call, shopper: Shopper, kind: str, content: Content) -> None:
    """The same message twice without a word of the shopper in between may be a double."""
    for line in reversed(shopper.transcript):
        if line.said:
            return
        if line.kind == kind and dict(line.content) == content:
            call.world.violate("possible-double", shopper=shopper.id, detail=f"line {line.number}")
            return


def _text(call: Call, data: Content, shopper: Shopper) -> Content:
    words = text_of(data, "content", 44004)
    if len(words.encode()) > TEXT_LIMIT:
        call.world.violate("text-too-long", shopper=shopper.id, detail=f"{len(words.encode())} bytes")
        raise ApiError(45002)
    return {"text": words}


def _uploaded(call: Call, data: Content, name: str = "media_id") -> str:
    media_id = text_of(data, name, 40007)
    if call.world.media.get(media_id, call.now) is None:
        raise ApiError(40007)
    return media_id


def _media(call: Call, data: Content, _: Shopper) -> Content:
    return {"media_id": _uploaded(call, data)}


def _video(call: Call, data: Content, _: Shopper) -> Content:
    return {
        "media_id": _uploaded(call, data),
        "title": str(data.get("title", "")),
        "description": str(data.get("description", "")),
    }


def _music(call: Call, data: Content, _: Shopper) -> Content:
    return {
        "thumb_media_id": _uploaded(call, data, "thumb_media_id"),
        "title": str(data.get("title", "")),
        "description": str(data.get("description", "")),
        "music_url": text_of(data, "musicurl", 47001),
    }


def _news(_: Call, data: Content, __: Shopper) -> Content:
    articles = list_of(data, "articles")
    if len(articles) != 1:
        raise ApiError(45008)
    names = ("title", "description", "url", "picurl")
    read = []
    for article in articles:
        if not isinstance(article, dict):
            raise ApiError(47001)
        read.append({name: str(article.get(name, "")) for name in names})
    return {"articles": read}


def _menu_message(_: Call, data: Content, __: Shopper) -> Content:
    items = []
    for item in list_of(data, "list"):
        if not isinstance(item, dict):
            raise ApiError(47001)
        items.append({"id": str(item.get("id", "")), "content": text_of(item, "content", 47001)})
    head, tail = str(data.get("head_content", "")), str(data.get("tail_content", ""))
    return {"head": head, "items": items, "tail": tail}


def _card(*names: str) -> Callable[[Call, Content, Shopper], Content]:
    def read(_: Call, data: Content, __: Shopper) -> Content:
        return {name: text_of(data, name, 47001) for name in names}

    return read


_CONTENTS: Mapping[str, Callable[[Call, Content, Shopper], Content]] = {
    "text": _text,
    "image": _media,
    "voice": _media,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnews": _media,
    "mpnewsarticle": _card("article_id"),
    "msgmenu": _menu_message,
    "wxcard": _card("card_id"),
    "miniprogrampage": _card("title", "appid", "pagepath"),
    "link": _card("title", "url"),
}
