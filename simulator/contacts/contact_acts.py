"""What customers, members and administrators do with contacts and tags in their clients."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts import events
from simulator.contacts.doings import Data, Doer, Doing, listed, words
from simulator.contacts.tags import TagChange
from simulator.corp.world import CorpWorld


def add(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"userid", "external_userid"?, "name"?, "state"?, "unionid"?, "half"?, "welcome"?}``: they become contacts."""
    userid = corp.contacts.member(words(data, "userid"))
    customer = corp.contacts.add_customer(
        words(data, "name", "微信用户"), words(data, "external_userid", ""), words(data, "unionid", "")
    )
    state = words(data, "state", "")
    follow = corp.contacts.follow(userid, customer.external_userid, now, state=state)
    code = corp.welcomes.issue(follow, now) if data.get("welcome") is not False else ""
    event = events.contact_changed(
        events.HALF_ADDED if data.get("half") is True else events.ADDED,
        userid,
        customer.external_userid,
        state=state,
        welcome_code=code,
    )
    shown = {"external_userid": customer.external_userid, "welcome_code": code}
    return Doing(events=(event,), row=userid, shown=shown)


def edit(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid", "remark"?, "description"?}``: the member changes the note on a contact."""
    follow = corp.contacts.relation(words(data, "userid"), words(data, "external_userid"))
    corp.contacts.remark({**data, "userid": follow.userid})
    event = events.contact_changed(events.EDITED, follow.userid, follow.external_userid)
    return Doing(events=(event,), row=follow.userid)


def tag(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid", "add_tag"?: [id], "remove_tag"?: [id]}``: the member tags the customer."""
    follow = corp.contacts.relation(words(data, "userid"), words(data, "external_userid"))
    corp.contacts.mark({**data, "userid": follow.userid})
    event = events.contact_changed(events.EDITED, follow.userid, follow.external_userid)
    return Doing(events=(event,), row=follow.userid)


def delete(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid", "transfer"?}``: the member removes the customer."""
    follow = corp.contacts.relation(words(data, "userid"), words(data, "external_userid"))
    del corp.contacts.follows[follow.userid, follow.external_userid]
    source = "DELETE_BY_TRANSFER" if data.get("transfer") is True else ""
    event = events.contact_changed(events.DELETED, follow.userid, follow.external_userid, source=source)
    return Doing(events=(event,), row=follow.userid)


def unfollow(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid"}``: the customer removes the member, who still has the contact."""
    follow = corp.contacts.relation(words(data, "userid"), words(data, "external_userid"))
    follow.alone = True
    event = events.contact_changed(events.LEFT, follow.userid, follow.external_userid)
    return Doing(events=(event,), row=follow.userid)


def chat(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid"}``: the two begin to talk; the app hears nothing, the welcome is too late."""
    corp.contacts.relation(words(data, "userid"), words(data, "external_userid")).chatted = True
    return Doing()


def transfer_fail(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"userid", "external_userid", "reason"?}``: a hand-over came to nothing."""
    userid = corp.contacts.member(words(data, "userid"))
    customer = corp.contacts.customer(words(data, "external_userid"))
    reason = words(data, "reason", "customer_refused")
    event = events.contact_changed(events.FAILED, userid, customer.external_userid, fail_reason=reason)
    return Doing(events=(event,), row=userid)


def create_tags(corp: CorpWorld, data: Data, now: float) -> Doing:
    """``{"group_name", "tags": [name]}`` in the console: one event for the group and one for each tag."""
    body = {
        "group_name": words(data, "group_name"),
        "tag": [{"name": name} for name in listed(data, "tags")],
    }
    group, tags, changes = corp.contacts.tags.add(body, now)
    shown = {"group_id": group.id, "tag_ids": [tag.id for tag in tags]}
    return Doing(events=tuple(events.tag_changed(change, "create") for change in changes), shown=shown)


def edit_tag(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"id", "name"?, "order"?}`` in the console."""
    return Doing(events=(events.tag_changed(corp.contacts.tags.edit(data), "update"),))


def delete_tags(corp: CorpWorld, data: Data, _: float) -> Doing:
    """``{"tag_id"?: [], "group_id"?: []}`` in the console."""
    gone, changes = corp.contacts.tags.delete(data)
    corp.contacts.drop_tags(gone)
    return Doing(events=tuple(events.tag_changed(change, "delete") for change in changes))


def shuffle_tags(_: CorpWorld, data: Data, __: float) -> Doing:
    """``{"group_id"?}`` in the console: another order of groups, or of one group's tags."""
    change = TagChange(id=words(data, "group_id", ""), kind="tag_group")
    return Doing(events=(events.tag_changed(change, "shuffle"),))


ACTS: Mapping[str, Doer] = {
    "add": add,
    "edit": edit,
    "tag": tag,
    "delete": delete,
    "unfollow": unfollow,
    "chat": chat,
    "transfer-fail": transfer_fail,
    "tag-create": create_tags,
    "tag-edit": edit_tag,
    "tag-delete": delete_tags,
    "tag-shuffle": shuffle_tags,
}
"""Acts by the name under which the control API offers them."""
