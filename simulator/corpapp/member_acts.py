"""What a member can do in the app's chat, and the callback that each act makes (WeCom 90239, 90240)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from simulator.corpapp.desk import Click
from simulator.requests_in import BadRequest

Data = Mapping[str, object]
Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDeed:
    """An act: the callback's fields between CreateTime and AgentID, and what stands on the phone."""

    msg_type: str
    fields: Fields
    kind: str
    content: Mapping[str, object] = field(default_factory=dict)
    visible_after: bool | None = None
    """Whether the member can see the app afterwards (None: as before)."""

    @property
    def event(self) -> str | None:
        """The event's name when this is an event; messages carry a MsgId, events do not."""
        return str(self.fields["Event"]) if self.msg_type == "event" else None


def say(data: Data) -> MemberDeed:
    """``{"text"}``."""
    words = _text(data, "text")
    return MemberDeed(msg_type="text", fields={"Content": words}, kind="text", content={"text": words})


def image(data: Data) -> MemberDeed:
    """``{"media_id", "url"}`` of a stored picture."""
    media_id, url = _text(data, "media_id"), _text(data, "url")
    return MemberDeed(
        msg_type="image",
        fields={"PicUrl": url, "MediaId": media_id},
        kind="image",
        content={"media_id": media_id, "url": url},
    )


def voice(data: Data) -> MemberDeed:
    """``{"media_id"}``; WeCom never transcribes for the app."""
    media_id = _text(data, "media_id")
    fields: Fields = {"MediaId": media_id, "Format": "amr"}
    return MemberDeed(msg_type="voice", fields=fields, kind="voice", content={"media_id": media_id})


def video(data: Data) -> MemberDeed:
    """``{"media_id", "thumb_media_id"}``."""
    media_id, thumb = _text(data, "media_id"), _text(data, "thumb_media_id")
    fields: Fields = {"MediaId": media_id, "ThumbMediaId": thumb}
    return MemberDeed(msg_type="video", fields=fields, kind="video", content={"media_id": media_id})


def location(data: Data) -> MemberDeed:
    """``{"latitude"?, "longitude"?, "scale"?, "label"?}``."""
    place = _place(data)
    return MemberDeed(
        msg_type="location", fields={**place, "AppType": "wxwork"}, kind="location", content=place
    )


def link(data: Data) -> MemberDeed:
    """``{"title", "description"?, "url", "picurl"?}``."""
    fields: Fields = {
        "Title": _text(data, "title"),
        "Description": _text(data, "description", ""),
        "Url": _text(data, "url"),
        "PicUrl": _text(data, "picurl", ""),
    }
    return MemberDeed(msg_type="link", fields=fields, kind="link", content=fields)


def subscribe(_: Data) -> MemberDeed:
    """The member comes into the app's visible range."""
    return _event("subscribe", {"EventKey": ""}, visible_after=True)


def unsubscribe(_: Data) -> MemberDeed:
    """The member leaves the app's visible range."""
    return _event("unsubscribe", {"EventKey": ""}, visible_after=False)


def enter(_: Data) -> MemberDeed:
    """The member opens the chat with the app; told every time."""
    return _event("enter_agent", {"EventKey": ""})


def whereabouts(data: Data) -> MemberDeed:
    """``{"latitude"?, "longitude"?, "precision"?}``: the phone reports where it is."""
    return _event(
        "LOCATION",
        {
            "Latitude": _number(data, "latitude", 39.9087),
            "Longitude": _number(data, "longitude", 116.3975),
            "Precision": _number(data, "precision", 65.0),
            "AppType": "wxwork",
        },
    )


def click(data: Data) -> MemberDeed:
    """``{"key"}`` of a menu button."""
    return _event("click", {"EventKey": _text(data, "key")})


def view(data: Data) -> MemberDeed:
    """``{"url"}`` of a menu button that opens a page."""
    return _event("view", {"EventKey": _text(data, "url")})


def view_miniprogram(data: Data) -> MemberDeed:
    """``{"page"}`` of a menu button that opens a mini program."""
    return _event("view_miniprogram", {"EventKey": _text(data, "page")})


def _scan(event: str) -> Callable[[Data], MemberDeed]:
    def scan(data: Data) -> MemberDeed:
        """``{"key", "result", "type"?}``: a menu button that scans a code."""
        scanned = {"ScanType": _text(data, "type", "qrcode"), "ScanResult": _text(data, "result")}
        return _event(event, {"EventKey": _text(data, "key"), "ScanCodeInfo": scanned})

    return scan


def _pictures(event: str) -> Callable[[Data], MemberDeed]:
    def pictures(data: Data) -> MemberDeed:
        """``{"key", "count"?}``: a menu button that sends pictures (the messages follow by themselves)."""
        count = max(1, int(_number(data, "count", 1)))
        sums = [hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest() for n in range(count)]
        listed = {"item": [{"PicMd5Sum": digest} for digest in sums]}
        return _event(
            event, {"EventKey": _text(data, "key"), "SendPicsInfo": {"Count": count, "PicList": listed}}
        )

    return pictures


def location_select(data: Data) -> MemberDeed:
    """``{"key", …}`` of :func:`location`, with ``poi``?: a menu button that asks for a place."""
    place = {**_place(data), "Poiname": _text(data, "poi", "")}
    fields: Fields = {"EventKey": _text(data, "key"), "SendLocationInfo": place, "AppType": "wxwork"}
    return _event("location_select", fields)


def event(data: Data) -> MemberDeed:
    """``{"event", "fields"?}``: any event, with nested fields if need be."""
    extra = data.get("fields", {})
    if not isinstance(extra, dict):
        raise BadRequest("fields must be an object")
    return _event(_text(data, "event"), cast("Fields", extra))


def card_click(clicked: Click) -> MemberDeed:
    """The press of a card's button, as the card desk understood it."""
    fields: Fields = {
        "EventKey": clicked.key,
        "TaskId": clicked.task_id,
        "CardType": clicked.card_type,
        "ResponseCode": clicked.response_code,
    }
    if clicked.selected:
        fields["SelectedItems"] = {
            "SelectedItem": [
                {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}}
                for question, options in clicked.selected.items()
            ]
        }
    return _event(clicked.event, fields)


def selection(data: Data) -> Mapping[str, Sequence[str]]:
    """``{"selected": {question: option or [options]}}`` of a click; raises BadRequest."""
    chosen = data.get("selected", {})
    if not isinstance(chosen, dict):
        raise BadRequest("selected must be an object")
    found: dict[str, Sequence[str]] = {}
    for question, options in chosen.items():
        found[str(question)] = [options] if isinstance(options, str) else [str(item) for item in options]
    return found


DEEDS: Mapping[str, Callable[[Data], MemberDeed]] = {
    "say": say,
    "image": image,
    "voice": voice,
    "video": video,
    "location": location,
    "link": link,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "enter": enter,
    "whereabouts": whereabouts,
    "click": click,
    "view": view,
    "view-miniprogram": view_miniprogram,
    "scancode-push": _scan("scancode_push"),
    "scancode-waitmsg": _scan("scancode_waitmsg"),
    "pic-sysphoto": _pictures("pic_sysphoto"),
    "pic-photo-or-album": _pictures("pic_photo_or_album"),
    "pic-weixin": _pictures("pic_weixin"),
    "location-select": location_select,
    "event": event,
}
"""Every act by the name under which the control API offers it; ``card-click`` comes from the card desk."""


def _event(name: str, fields: Fields, *, visible_after: bool | None = None) -> MemberDeed:
    return MemberDeed(
        msg_type="event",
        fields={"Event": name, **fields},
        kind="event",
        content={"event": name, **fields},
        visible_after=visible_after,
    )


def _place(data: Data) -> Fields:
    return {
        "Location_X": _number(data, "latitude", 39.9087),
        "Location_Y": _number(data, "longitude", 116.3975),
        "Scale": int(_number(data, "scale", 16)),
        "Label": _text(data, "label", "北京市东城区东长安街"),
    }


def _text(data: Data, name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if isinstance(value, str) and (value or default is not None):
        return value
    raise BadRequest(f"{name} must be text that is not empty")


def _number(data: Data, name: str, default: float) -> float:
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"{name} must be a number")
    return value
