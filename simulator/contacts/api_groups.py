"""Customer groups and their welcome templates as the bot reads and changes them (WeCom 92120, 92122, 92366)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint

Answer = Mapping[str, object]


async def list_groups(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/groupchat/list``."""
    return {**OK, **call.corp.groups.listed(call.data())}


async def get_group(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/groupchat/get``."""
    return {**OK, "group_chat": call.corp.groups.detail(call.data())}


async def add_template(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/group_welcome_template/add``."""
    key = call.corp.groups.welcomes.add(call.data(), lambda media_id: _kind(call, media_id))
    return {**OK, "template_id": key}


async def edit_template(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/group_welcome_template/edit``."""
    call.corp.groups.welcomes.edit(call.data(), lambda media_id: _kind(call, media_id))
    return OK


async def get_template(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/group_welcome_template/get``."""
    return {**OK, **call.corp.groups.welcomes.get(call.data())}


async def delete_template(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/group_welcome_template/del``."""
    call.corp.groups.welcomes.delete(call.data())
    return OK


def _kind(call: CorpCall, media_id: str) -> str | None:
    return call.corp.app.files.kind_of(media_id, call.now)


_TEMPLATE = "/cgi-bin/externalcontact/group_welcome_template"

ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/externalcontact/groupchat/list": Endpoint(method="POST", handler=list_groups),
    "/cgi-bin/externalcontact/groupchat/get": Endpoint(method="POST", handler=get_group),
    f"{_TEMPLATE}/add": Endpoint(method="POST", handler=add_template),
    f"{_TEMPLATE}/edit": Endpoint(method="POST", handler=edit_template),
    f"{_TEMPLATE}/get": Endpoint(method="POST", handler=get_template),
    f"{_TEMPLATE}/del": Endpoint(method="POST", handler=delete_template),
}
