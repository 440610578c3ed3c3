"""What people do in customer groups and with mass messages in their clients."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts.doings import Data, Doer, Doing, listed, words
from simulator.contacts.groups import OUTSIDER, STAFF, Group, GroupMember
from simulator.corp.world import CorpWorld
from simulator.corpapp.fields import Json
from simulator.requests_in import BadRequest


def create(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"owner", "name"?, "chat_id"?}``."""
    owner = _person(corp, words(data, "owner"), 0, "", now)
    group, event = corp.groups.create(owner, words(data, "name", "客户群"), now, words(data, "chat_id", ""))
    return Doing(events=(event,), row=_row(group), shown={"chat_id": group.chat_id})


def join(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"chat_id", "people": [userid or external_userid], "scene"?: 0|3, "inviter"?, "name"?}``.

    Strangers become known: by the nickname they have in 微信客服, else by ``name``, else by their id.
    """
    group, scene = _group(corp, data), _scene(data, 3)
    inviter, name = words(data, "inviter", group.owner), words(data, "name", "")
    people = [_person(corp, key, scene, inviter, now, name) for key in listed(data, "people")]
    return Doing(events=(corp.groups.join(group, people, scene, now),), row=_row(group))


def leave(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "people": [id], "scene"?: 0|1}``: they go by themselves (0) or are removed (1)."""
    group = _group(corp, data)
    event = corp.groups.leave(group, listed(data, "people"), _scene(data, 0))
    return Doing(events=(event,), row=_row(group))


def rename(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "name"}``."""
    group = _group(corp, data)
    return Doing(events=(corp.groups.rename(group, words(data, "name")),), row=_row(group))


def announce(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "notice"}``."""
    group = _group(corp, data)
    return Doing(events=(corp.groups.announce(group, words(data, "notice")),), row=_row(group))


def hand_over(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "owner"}``."""
    group, owner = _group(corp, data), corp.contacts.member(words(data, "owner"))
    return Doing(events=(corp.groups.hand_over(group, owner),), row=_row(group))


def dismiss(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id"}``."""
    group = _group(corp, data)
    return Doing(events=(corp.groups.dismiss(group),), row=_row(group))


def say(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"chat_id", "who", "text"}``: written in the group; no callback, the app cannot read groups."""
    group, who = _group(corp, data), words(data, "who")
    if who not in group.members:
        raise BadRequest(f"{who} is not in the group")
    group.say(who, {"text": words(data, "text")}, now)
    return Doing()


def set_welcome(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "template_id"?}``: the owner chooses what newcomers are shown (nothing without an id)."""
    group, key = _group(corp, data), words(data, "template_id", "")
    if key and key not in corp.groups.welcomes.templates:
        raise BadRequest(f"there is no template {key}")
    group.welcome = key or None
    return Doing()


def inherit(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"chat_id", "status": 0..3}``: the owner has left (1), the group is being (2) or was (3) handed on."""
    group, status = _group(corp, data), data.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status <= 3:
        raise BadRequest("status must be a whole number from 0 to 3")
    group.status = status
    return Doing()


def confirm(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"userid", "msgid", "chosen"?: [receiver]}``: a member sends a mass message; no callback."""
    userid = corp.contacts.member(words(data, "userid"))
    chosen = listed(data, "chosen") if data.get("chosen") is not None else None
    sender = corp.mass.confirm(userid, words(data, "msgid"), chosen, now)
    shown: Json = {"results": {target: outcome.status for target, outcome in sender.targets.items()}}
    corp.journal.append("contacts.mass-sent", userid, msgid=data["msgid"], **shown)
    return Doing(shown=shown)


ACTS: Mapping[str, Doer] = {
    "group-create": create,
    "group-join": join,
    "group-leave": leave,
    "group-rename": rename,
    "group-notice": announce,
    "group-owner": hand_over,
    "group-dismiss": dismiss,
    "group-say": say,
    "group-status": inherit,
    "group-welcome": set_welcome,
    "mass-confirm": confirm,
}
"""Acts by the name under which the control API offers them."""


def _row(group: Group) -> str:
    return f"group:{group.chat_id}"


def _group(corp: CorpWorld, data: Data) -> Group:
    return corp.groups.find(words(data, "chat_id"))


def _scene(data: Data, default: int) -> int:
    scene = data.get("scene", default)
    if isinstance(scene, int) and not isinstance(scene, bool) and scene in (0, 1, 3):
        return scene
    raise BadRequest("scene must be 0, 1 or 3")


def _person(corp: CorpWorld, key: str, scene: int, inviter: str, now: float, name: str = "") -> GroupMember:
    make = corp.groups.newcomer
    member = corp.members.get(key)
    if member is not None:
        return make(member.userid, STAFF, member.name, scene, inviter, now)
    known = corp.kefu.customers.by_external_userid(key)
    customer = corp.contacts.add_customer((name or key) if known is None else known.nickname, key)
    return make(key, OUTSIDER, customer.name, scene, inviter, now, customer.unionid)
