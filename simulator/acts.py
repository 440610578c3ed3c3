"""What a shopper can do on the phone, and the message or event that each act makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.messages import Field, Fields
from simulator.quota import Act


class BadAct(ValueError):
    """An act that cannot be done like this; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A shopper's act: what the bot is told and what stands in the transcript."""

    msg_type: str
    fields: Fields
    kind: str
    content: Mapping[str, object] = field(default_factory=dict)
    opens: Act | None = None
    following_after: bool | None = None
    raw: str | None = None

    @property
    def is_message(self) -> bool:
        """Messages carry a MsgId and can be taken by an agent; events do neither."""
        return self.msg_type != "event"


def text(data: Mapping[str, object]) -> Deed:
    """``{"text", "menu_id"?}``; ``menu_id`` makes it the click on a line of a menu message."""
    words = _text(data, "text")
    fields: Fields = (("Content", words),)
    if data.get("menu_id") is not None:
        fields += (("bizmsgmenuid", _text(data, "menu_id")),)
    return Deed(msg_type="text", fields=fields, kind="text", content={"text": words}, opens=Act.MESSAGE)


def image(data: Mapping[str, object]) -> Deed:
    """``{"media_id", "url"}`` of a stored picture."""
    media_id, url = _text(data, "media_id"), _text(data, "url")
    return Deed(
        msg_type="image",
        fields=(("PicUrl", url), ("MediaId", media_id)),
        kind="image",
        content={"media_id": media_id, "url": url},
        opens=Act.MESSAGE,
    )


def voice(data: Mapping[str, object]) -> Deed:
    """``{"media_id", "recognition"?, "seconds"?}``; an empty ``recognition`` arrives as an empty element."""
    media_id = _text(data, "media_id")
    fields: Fields = (("MediaId", media_id), ("Format", "amr"))
    heard = data.get("recognition")
    if heard is not None:
        fields += (("Recognition", _text(data, "recognition", empty=True)),)
    content = {"media_id": media_id, "recognition": heard, "seconds": _number(data, "seconds", 3)}
    return Deed(msg_type="voice", fields=fields, kind="voice", content=content, opens=Act.MESSAGE)


def _film(kind: str) -> Callable[[Mapping[str, object]], Deed]:
    def film(data: Mapping[str, object]) -> Deed:
        media_id, thumb = _text(data, "media_id"), _text(data, "thumb_media_id")
        return Deed(
            msg_type=kind,
            fields=(("MediaId", media_id), ("ThumbMediaId", thumb)),
            kind=kind,
            content={"media_id": media_id},
            opens=Act.MESSAGE,
        )

    return film


def location(data: Mapping[str, object]) -> Deed:
    """``{"latitude", "longitude", "scale"?, "label"?}``."""
    latitude, longitude = _number(data, "latitude", 39.9087), _number(data, "longitude", 116.3975)
    label = _text(data, "label", "北京市东城区东长安街", empty=True)
    return Deed(
        msg_type="location",
        fields=(
            ("Location_X", latitude),
            ("Location_Y", longitude),
            ("Scale", int(_number(data, "scale", 16))),
            ("Label", label),
        ),
        kind="location",
        content={"latitude": latitude, "longitude": longitude, "label": label},
        opens=Act.MESSAGE,
    )


def link(data: Mapping[str, object]) -> Deed:
    """``{"title", "description"?, "url"}``."""
    title, url = _text(data, "title"), _text(data, "url")
    description = _text(data, "description", "", empty=True)
    return Deed(
        msg_type="link",
        fields=(("Title", title), ("Description", description), ("Url", url)),
        kind="link",
        content={"title": title, "description": description, "url": url},
        opens=Act.MESSAGE,
    )


def click(data: Mapping[str, object]) -> Deed:
    """``{"key", "name"?}`` of a menu button."""
    key = _text(data, "key")
    content = {"event": "CLICK", "key": key, "name": _text(data, "name", key)}
    return _event("CLICK", (("EventKey", key),), content, opens=Act.CLICK)


def view(data: Mapping[str, object]) -> Deed:
    """``{"url", "name"?}`` of a menu button that opens a page."""
    url = _text(data, "url")
    return _event(
        "VIEW", (("EventKey", url),), {"event": "VIEW", "url": url, "name": _text(data, "name", url)}
    )


def follow(data: Mapping[str, object]) -> Deed:
    """``{"scene"?}``; with a scene the shopper came through a QR code."""
    fields: Fields = (("EventKey", ""),)
    content: dict[str, object] = {"event": "subscribe"}
    if data.get("scene") is not None:
        scene = _text(data, "scene")
        fields = (("EventKey", f"qrscene_{scene}"), ("Ticket", f"TICKET_{scene}"))
        content["scene"] = scene
    return _event("subscribe", fields, content, opens=Act.FOLLOW, following_after=True)


def unfollow(_: Mapping[str, object]) -> Deed:
    """The shopper leaves the account."""
    return _event("unsubscribe", (("EventKey", ""),), {"event": "unsubscribe"}, following_after=False)


def scan(data: Mapping[str, object]) -> Deed:
    """``{"scene"}``: a follower scans a QR code."""
    scene = _text(data, "scene")
    return _event(
        "SCAN",
        (("EventKey", scene), ("Ticket", f"TICKET_{scene}")),
        {"event": "SCAN", "scene": scene},
        opens=Act.SCAN,
    )


def whereabouts(data: Mapping[str, object]) -> Deed:
    """``{"latitude", "longitude", "precision"?}``: the phone reports where it is."""
    latitude, longitude = _number(data, "latitude", 39.9087), _number(data, "longitude", 116.3975)
    fields: Fields = (
        ("Latitude", latitude),
        ("Longitude", longitude),
        ("Precision", _number(data, "precision", 65.0)),
    )
    return _event("LOCATION", fields, {"event": "LOCATION", "latitude": latitude, "longitude": longitude})


def template_result(data: Mapping[str, object]) -> Deed:
    """``{"msgid", "status"?}``: what became of a template message."""
    fields: Fields = (("MsgID", _text(data, "msgid")), ("Status", _text(data, "status", "success")))
    return _event("TEMPLATESENDJOBFINISH", fields, {"event": "TEMPLATESENDJOBFINISH"})


def event(data: Mapping[str, object]) -> Deed:
    """``{"event", "fields"?}`` for any event, or ``{"body"}``: a whole clear body, sent as it is."""
    if data.get("body") is not None:
        body = _text(data, "body", empty=True)
        return Deed(msg_type="event", fields=(("Event", "raw"),), kind="event", content={}, raw=body)
    name = _text(data, "event")
    extra = data.get("fields", {})
    if not isinstance(extra, dict):
        raise BadAct("fields must be an object")
    return _event(name, tuple((str(key), _field(value)) for key, value in extra.items()), {"event": name})


DEEDS: Mapping[str, Callable[[Mapping[str, object]], Deed]] = {
    "say": text,
    "image": image,
    "voice": voice,
    "video": _film("video"),
    "shortvideo": _film("shortvideo"),
    "location": location,
    "link": link,
    "click": click,
    "view": view,
    "follow": follow,
    "unfollow": unfollow,
    "scan": scan,
    "whereabouts": whereabouts,
    "template-result": template_result,
    "event": event,
}
"""Every act by the name under which the control API offers it."""


def _event(
    name: str,
    fields: Fields,
    content: Mapping[str, object],
    *,
    opens: Act | None = None,
    following_after: bool | None = None,
) -> Deed:
    return Deed(
        msg_type="event",
        fields=(("Event", name), *fields),
        kind="event",
        content=content,
        opens=opens,
        following_after=following_after,
    )


def _text(data: Mapping[str, object], name: str, default: str | None = None, *, empty: bool = False) -> str:
    value = data.get(name, default)
    if isinstance(value, str) and (value or empty):
        return value
    raise BadAct(f"{name} must be {'text' if empty else 'text that is not empty'}")


def _number(data: Mapping[str, object], name: str, default: float) -> float:
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadAct(f"{name} must be a number")
    return value


def _field(value: object) -> Field:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise BadAct("the values of fields must be text or numbers")
