"""Customers and tags as the bot reads and changes them; none of these calls makes a callback (WeCom 92130)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts.attachments import read_message
from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import text

Answer = Mapping[str, object]


async def followers(call: CorpCall) -> Answer:
    """``GET /cgi-bin/externalcontact/get_follow_user_list``: who may have customers (WeCom 92571)."""
    return {**OK, "follow_user": [member.userid for member in call.corp.members if member.active]}


async def list_contacts(call: CorpCall) -> Answer:
    """``GET /cgi-bin/externalcontact/list?userid=`` (WeCom 92113)."""
    return {**OK, "external_userid": call.corp.contacts.listed(call.query.get("userid", ""))}


async def get_contact(call: CorpCall) -> Answer:
    """``GET /cgi-bin/externalcontact/get?external_userid=&cursor=`` (WeCom 92114)."""
    query = call.query
    return {
        **OK,
        **call.corp.contacts.detail(query.get("external_userid", ""), query.get("cursor", "")),
    }


async def batch(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/batch/get_by_user`` (WeCom 92994)."""
    return {**OK, **call.corp.contacts.batch(call.data())}


async def remark(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/remark`` (WeCom 92115)."""
    call.corp.contacts.remark(call.data())
    return OK


async def list_tags(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/get_corp_tag_list`` (WeCom 92117)."""
    return {**OK, "tag_group": call.corp.contacts.tags.listed(call.data())}


async def add_tags(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/add_corp_tag`` (WeCom 92117)."""
    group, tags, _ = call.corp.contacts.tags.add(call.data(), call.now)
    return {**OK, "tag_group": group.as_json(tags)}


async def edit_tag(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/edit_corp_tag`` (WeCom 92117)."""
    call.corp.contacts.tags.edit(call.data())
    return OK


async def delete_tags(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/del_corp_tag`` (WeCom 92117)."""
    gone, _ = call.corp.contacts.tags.delete(call.data())
    call.corp.contacts.drop_tags(gone)
    return OK


async def mark_tag(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/mark_tag`` (WeCom 92118)."""
    call.corp.contacts.mark(call.data())
    return OK


async def welcome(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/send_welcome_msg``: within 20 seconds, once (WeCom 92137)."""
    data, corp = call.data(), call.corp
    code = text(data, "welcome_code", 41049)
    try:
        follow = corp.welcomes.find(code, call.now)
    except CorpError as error:
        corp.violate("contacts-welcome-refused", detail=str(error))
        raise
    message = read_message(data, lambda media_id: corp.app.files.kind_of(media_id, call.now))
    corp.welcomes.use(code)
    customer = corp.contacts.customer(follow.external_userid)
    customer.inbox.append({"at": call.now, "from": follow.userid, "welcome": message})
    corp.journal.append("contacts.welcomed", follow.external_userid, userid=follow.userid)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/externalcontact/get_follow_user_list": Endpoint(method="GET", handler=followers),
    "/cgi-bin/externalcontact/list": Endpoint(method="GET", handler=list_contacts),
    "/cgi-bin/externalcontact/get": Endpoint(method="GET", handler=get_contact),
    "/cgi-bin/externalcontact/batch/get_by_user": Endpoint(method="POST", handler=batch),
    "/cgi-bin/externalcontact/remark": Endpoint(method="POST", handler=remark),
    "/cgi-bin/externalcontact/get_corp_tag_list": Endpoint(method="POST", handler=list_tags),
    "/cgi-bin/externalcontact/add_corp_tag": Endpoint(method="POST", handler=add_tags),
    "/cgi-bin/externalcontact/edit_corp_tag": Endpoint(method="POST", handler=edit_tag),
    "/cgi-bin/externalcontact/del_corp_tag": Endpoint(method="POST", handler=delete_tags),
    "/cgi-bin/externalcontact/mark_tag": Endpoint(method="POST", handler=mark_tag),
    "/cgi-bin/externalcontact/send_welcome_msg": Endpoint(method="POST", handler=welcome),
}
