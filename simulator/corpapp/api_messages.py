"""What the app says to members: message/send, update_template_card, appchat, group robots."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import text


async def send(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/message/send`` (WeCom 90236)."""
    app, corp = call.corp.app, call.corp

    def dropped(userid: str, msg_id: str) -> None:
        corp.journal.append("app.dropped", userid, msgid=msg_id)
        corp.violate("app-over-member-limit", shopper=userid)

    def cut(size: int) -> None:
        corp.violate("app-text-cut", detail=f"{size} bytes")

    answer = app.messages.send(call.data(), app.rules(call.now, cut=cut), call.now, dropped)
    for userid in app.handsets.repeated(str(answer["msgid"])):
        corp.violate("app-possible-double", shopper=userid, detail=str(answer["msgid"]))
    corp.journal.append("app.sent", None, msgid=answer["msgid"], invaliduser=answer["invaliduser"])
    return {**OK, **answer}


async def update_card(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/message/update_template_card`` (WeCom 94888)."""
    try:
        answer = call.corp.app.messages.update_card(call.data(), call.now)
    except CorpError as error:
        if error.errcode in (42022, 60140):
            call.corp.violate("app-card-code-spent", detail=str(error))
        raise
    call.corp.journal.append("app.card-updated", None, invaliduser=answer["invaliduser"])
    return {**OK, **answer}


async def create_chat(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/appchat/create`` (WeCom 90245)."""
    chat = call.corp.app.chats.create(call.data(), call.now)
    return {**OK, "chatid": chat.chat_id}


async def update_chat(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/appchat/update`` (WeCom 90246)."""
    call.corp.app.chats.update(call.data(), call.now)
    return OK


async def get_chat(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/appchat/get?chatid=`` (WeCom 90247)."""
    return {**OK, "chat_info": call.corp.app.chats.get(call.query.get("chatid", "")).as_json()}


async def send_to_chat(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/appchat/send`` (WeCom 90248)."""
    dropped = call.corp.app.chats.send(call.data(), call.corp.app.rules(call.now), call.now)
    for userid in dropped:
        call.corp.violate("app-over-member-limit", shopper=userid, detail="appchat")
    return OK


async def robot_send(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/webhook/send?key=`` (WeCom 99110)."""
    app, key = call.corp.app, call.query.get("key", "")
    try:
        app.robots.send(key, call.data(), app.rules(call.now, robot=key), call.now)
    except CorpError as error:
        if error.errcode == 45009:
            call.corp.violate("app-robot-over-limit", detail=app.robots.get(key).name)
        raise
    call.corp.journal.append("app.robot", None, robot=app.robots.get(key).name)
    return OK


async def recall(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/message/recall`` (WeCom 94867 撤回应用消息): within 24 hours."""
    call.corp.app.handsets.recall(text(call.data(), "msgid"), call.now)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/message/send": Endpoint(method="POST", handler=send),
    "/cgi-bin/message/update_template_card": Endpoint(method="POST", handler=update_card),
    "/cgi-bin/message/recall": Endpoint(method="POST", handler=recall),
    "/cgi-bin/appchat/create": Endpoint(method="POST", handler=create_chat),
    "/cgi-bin/appchat/update": Endpoint(method="POST", handler=update_chat),
    "/cgi-bin/appchat/get": Endpoint(method="GET", handler=get_chat),
    "/cgi-bin/appchat/send": Endpoint(method="POST", handler=send_to_chat),
    "/cgi-bin/webhook/send": Endpoint(method="POST", handler=robot_send, needs_token=False),
}
