"""企业微信 app: members' messages and events on the URL that kefu's bells use too (WeCom 90238, 90240)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from simulator.conformance.check import Check, Inapplicable, demand
from simulator.conformance.corp_stage import CorpStage

_CHAPTER = "企业微信 app · members"
_MEMBER = "conformance-member"
_SEND = "/cgi-bin/message/send"


def _event(name: str, **fields: object) -> Mapping[str, object]:
    return {"FromUserName": _MEMBER, "MsgType": "event", "Event": name, **fields}


def _sys(name: str, change: str, **fields: object) -> Mapping[str, object]:
    return {"FromUserName": "sys", "MsgType": "event", "Event": name, "ChangeType": change, **fields}


async def _text(stage: CorpStage) -> str:
    """A member's text is answered, passively or by message/send."""
    stage.corp.members.add(_MEMBER)
    replies: list[bytes] = []
    before = stage.world.journal.last
    fields = {
        "FromUserName": _MEMBER,
        "MsgType": "text",
        "Content": stage.question,
        "MsgId": int(stage.world.next_msg_id()),
        "AgentID": stage.corp.settings.agent_id,
    }
    push = stage.corp.tell(fields, row=_MEMBER, on_reply=replies.append)
    await stage.acknowledged(push, "a member's text")

    def sent() -> bool:
        calls = stage.calls(_SEND, after=before)
        return any(_MEMBER in str(call.data["body"]) for call in calls)

    await stage.until(lambda: bool(replies) or sent())
    demand(replies or sent(), "neither a passive reply nor message/send")
    return "within the callback" if replies else "by message/send"


def _accepted(*bodies: Mapping[str, object]) -> Callable[[CorpStage], Awaitable[None]]:
    async def run(stage: CorpStage) -> None:
        stage.corp.members.add(_MEMBER)
        agent = {"AgentID": stage.corp.settings.agent_id}
        pushes = [
            (
                stage.corp.tell({**body, **agent}, on_reply=lambda _: None),
                str(body.get("Event", body["MsgType"])),
            )
            for body in bodies
        ]
        for push, name in pushes:
            await stage.acknowledged(push, name)

    return run


def _selected(*options: str) -> Mapping[str, object]:
    item = {"QuestionKey": "q1", "OptionIds": {"OptionId": list(options)}}
    return {"SelectedItem": [item] * len(options)}


def _card(*options: str) -> Mapping[str, object]:
    return _event(
        "template_card_event",
        EventKey="take",
        TaskId="task-of-nobody",
        CardType="button_interaction",
        ResponseCode="RC",
        SelectedItems=_selected(*options),
    )


async def _mixed(stage: CorpStage) -> None:
    """A member's text right before the bell: the bell is followed all the same."""
    if not list(stage.corp.kefu.accounts):
        raise Inapplicable("no account of 微信客服 is named")
    stage.need_answers()
    stage.corp.members.add(_MEMBER)
    text = {"FromUserName": _MEMBER, "MsgType": "text", "Content": "在吗", "MsgId": 77, "AgentID": 1}
    stage.corp.tell(text, on_reply=lambda _: None)
    customer = stage.customer()
    stage.ask(customer)
    await stage.must_answer(customer, "the bell after a member's text was not followed")


_KINDS: tuple[Mapping[str, object], ...] = (
    {"MsgType": "image", "PicUrl": "https://example.com/a.png", "MediaId": "M"},
    {"MsgType": "voice", "MediaId": "M", "Format": "amr"},
    {"MsgType": "video", "MediaId": "M", "ThumbMediaId": "M"},
    {"MsgType": "location", "Location_X": 23.1, "Location_Y": 113.3, "Scale": 16, "Label": "x"},
    {
        "MsgType": "link",
        "Title": "x",
        "Description": "x",
        "Url": "https://example.com/",
        "PicUrl": "",
    },
    {"MsgType": "hologram", "Depth": 3},
)
_MESSAGES: tuple[Mapping[str, object], ...] = tuple(
    {"FromUserName": _MEMBER, "MsgId": 1000 + number, **fields} for number, fields in enumerate(_KINDS)
)
_EXTERNAL = "change_external_contact"


def _check(name: str, what: str, run: Callable[[CorpStage], Awaitable[str | None]]) -> Check[CorpStage]:
    return Check(id=f"wecom.{name}", chapter=_CHAPTER, what=what, run=run, alone=True)


CHECKS = (
    _check("text", "a member's text is answered", _text),
    _check("mixed", "members' texts and kefu's bells on one URL do not disturb each other", _mixed),
    _check("kinds", "messages of every kind, known or not, get 200", _accepted(*_MESSAGES)),
    _check(
        "events",
        "events of every kind, known or not, get 200",
        _accepted(
            _event("enter_agent", EventKey=""),
            _event("subscribe", EventKey=""),
            _event("click", EventKey="nobody-knows-this-key"),
            _event("view", EventKey="https://example.com/"),
            _event("LOCATION", Latitude=23.1, Longitude=113.3, Precision=65, AppType="wxwork"),
            _event("inactive_alert", EffectTime=1),
            _event("brand_new_event", Novelty=1),
        ),
    ),
    _check("card", "a card's event with one selected item gets 200", _accepted(_card("a"))),
    _check(
        "card-multiple", "a card's event with several selected items gets 200", _accepted(_card("a", "b"))
    ),
    _check(
        "contacts",
        "changes of contacts, groups and tags, two in one second, get 200",
        _accepted(
            _sys(_EXTERNAL, "add_external_contact", UserID="a", ExternalUserID="wm1", WelcomeCode="C"),
            _sys(_EXTERNAL, "add_external_contact", UserID="a", ExternalUserID="wm2", WelcomeCode="D"),
            _sys(
                "change_external_chat",
                "update",
                ChatId="wr1",
                UpdateDetail="add_member",
                MemChangeList={"Item": ["wm1", "wm2"]},
            ),
            _sys(
                "change_external_chat",
                "update",
                ChatId="wr1",
                UpdateDetail="del_member",
                MemChangeList={"Item": ["wm1"]},
            ),
            _sys("change_external_tag", "create", Id="t1", TagType="tag"),
        ),
    ),
)
