"""Mass messages as the bot makes and watches them; sending is left to people (WeCom 92135, 93338, 97610, 97611)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts.addressing import assign
from simulator.contacts.attachments import read_message
from simulator.contacts.mass import MassTask, SenderTask
from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, optional, page, text, whole

Answer = Mapping[str, object]
_LONGEST_SPAN = 31 * 86_400


async def add(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/add_msg_template``: makes a task; nothing is sent by it."""
    data, corp = call.data(), call.corp
    message = read_message(data, lambda media_id: corp.app.files.kind_of(media_id, call.now))
    assignment = assign(data, corp.contacts, corp.groups)
    task = corp.mass.add(
        chat_type=assignment.chat_type,
        assigned=assignment.by_sender,
        message=message,
        creator=optional(data, "sender"),
        allow_select=data.get("allow_select") is True,
        now=call.now,
    )
    _notify(call, task, list(task.senders))
    return {**OK, "fail_list": list(assignment.failed), "msgid": task.msgid}


async def remind(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/remind_groupmsg_send``: three times in 24 hours, then 41094."""
    msgid = call.data().get("msgid")
    waiting = call.corp.mass.remind(msgid, call.now)
    _notify(call, call.corp.mass.find(msgid), waiting)
    return OK


async def cancel(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/cancel_groupmsg_send``."""
    call.corp.mass.cancel(call.data().get("msgid"))
    return OK


async def list_tasks(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/get_groupmsg_list_v2``: those of a span of at most a month."""
    data = call.data()
    start = whole(data, "start_time", -1, 0, 2**40)
    end = whole(data, "end_time", -1, start, 2**40)
    if end - start > _LONGEST_SPAN:
        raise CorpError(40058, "start_time and end_time are more than a month apart")
    chat_type = optional(data, "chat_type") or "single"
    by_people = whole(data, "filter_type", 2, 0, 2) == 1
    creator = optional(data, "creator")
    found = [
        task
        for task in call.corp.mass.tasks.values()
        if task.chat_type == chat_type
        and start <= task.created <= end
        and creator in ("", task.creator)
        and not by_people
    ]
    first, last, following = page(data, len(found), default=50, most=100)
    shown: list[Json] = [
        {
            "msgid": task.msgid,
            "creator": task.creator,
            "create_time": task.created,
            "create_type": 0,
            **task.message,
        }
        for task in found[first:last]
    ]
    return {**OK, "group_msg_list": shown, "next_cursor": following}


async def list_senders(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/get_groupmsg_task``: who was asked to send; status 0 not yet, 2 sent."""
    data = call.data()
    senders = list(call.corp.mass.find(data.get("msgid")).senders.values())
    first, last, following = page(data, len(senders), default=500, most=1000)
    shown: list[Json] = [
        {"userid": sender.userid, "status": sender.status, **_time(sender.at)}
        for sender in senders[first:last]
    ]
    return {**OK, "task_list": shown, "next_cursor": following}


async def list_results(call: CorpCall) -> Answer:
    """``POST /cgi-bin/externalcontact/get_groupmsg_send_result``: what became of one sender's receivers."""
    data = call.data()
    task = call.corp.mass.find(data.get("msgid"))
    sender = _sender(call, task, text(data, "userid", 41009))
    targets = list(sender.targets.items())
    first, last, following = page(data, len(targets), default=500, most=1000)
    name = "chat_id" if task.chat_type == "group" else "external_userid"
    shown: list[Json] = [
        {name: target, "userid": sender.userid, "status": outcome.status, **_time(outcome.at)}
        for target, outcome in targets[first:last]
    ]
    return {**OK, "send_list": shown, "next_cursor": following}


def _sender(call: CorpCall, task: MassTask, userid: str) -> SenderTask:
    sender = task.senders.get(call.corp.contacts.member(userid))
    if sender is None:
        raise CorpError(40003, "userid was not asked to send this")
    return sender


def _time(at: int) -> Json:
    return {"send_time": at} if at else {}


def _notify(call: CorpCall, task: MassTask, userids: list[str]) -> None:
    """The senders' clients show the task; nothing goes to customers."""
    corp = call.corp
    for userid in userids:
        content = {"task": task.msgid, **task.message}
        corp.app.handsets.add(userid, "mass", "mass-task", content)
    corp.journal.append("contacts.mass-asked", None, msgid=task.msgid, senders=userids)


_ROOT = "/cgi-bin/externalcontact"

ENDPOINTS: Mapping[str, Endpoint] = {
    f"{_ROOT}/add_msg_template": Endpoint(method="POST", handler=add),
    f"{_ROOT}/remind_groupmsg_send": Endpoint(method="POST", handler=remind),
    f"{_ROOT}/cancel_groupmsg_send": Endpoint(method="POST", handler=cancel),
    f"{_ROOT}/get_groupmsg_list_v2": Endpoint(method="POST", handler=list_tasks),
    f"{_ROOT}/get_groupmsg_task": Endpoint(method="POST", handler=list_senders),
    f"{_ROOT}/get_groupmsg_send_result": Endpoint(method="POST", handler=list_results),
}
