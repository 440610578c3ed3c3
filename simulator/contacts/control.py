"""The control API's part about customer contact: people, groups, pending mass messages, and all they do."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from simulator.contacts import contact_acts, group_acts
from simulator.contacts.book import Follow
from simulator.contacts.doings import Doer
from simulator.contacts.groups import Group, GroupRefused
from simulator.contacts.mass import MassRefused, MassTask
from simulator.contacts.monthly import RULES
from simulator.corp.errcodes import CorpError
from simulator.corp.world import CorpWorld
from simulator.corpapp.fields import Json
from simulator.requests_in import BadRequest, Conflict, json_object, json_response

ACTS: Mapping[str, Doer] = {**contact_acts.ACTS, **group_acts.ACTS}


class ContactsControl:
    """Handlers below ``/_sim/contacts``."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        app.router.add_get("/_sim/contacts", self.state)
        app.router.add_patch("/_sim/contacts", self.change)
        app.router.add_post("/_sim/contacts/acts", self.act)
        app.router.add_get("/_sim/contacts/customers/{customer}", self.customer)
        app.router.add_get("/_sim/contacts/groups/{chat}", self.group)
        app.router.add_get("/_sim/contacts/pending/{userid}", self.pending)

    async def state(self, _: web.Request) -> web.Response:
        """``GET /_sim/contacts``: customers, who has them, tags, groups, mass messages."""
        corp = self._corp
        return json_response(
            {
                "customers": [customer.as_json() for customer in corp.contacts.customers.values()],
                "follows": [_follow(follow) for follow in corp.contacts.follows.values()],
                "tags": corp.contacts.tags.listed({}),
                "groups": [_group(group) for group in corp.groups.groups.values()],
                "mass": [_task(task) for task in corp.mass.tasks.values()],
                "mass_rule": corp.mass.rule,
            }
        )

    async def change(self, request: web.Request) -> web.Response:
        """``PATCH /_sim/contacts {"mass_rule": day|week|month}``: how many mass messages one may receive."""
        rule = (await json_object(request)).get("mass_rule")
        if rule not in RULES:
            raise BadRequest(f"mass_rule must be one of {', '.join(RULES)}")
        self._corp.mass.rule = str(rule)
        return await self.state(request)

    async def act(self, request: web.Request) -> web.Response:
        """``POST /_sim/contacts/acts {"act", …, "lost"?}`` or ``{"acts": [{…}, …]}``.

        Several acts of one call happen in the same second, so their callbacks have the same CreateTime.
        ``lost`` lets the act happen without its callback.
        """
        data, now = await json_object(request), self._corp.now
        acts = data.get("acts", [data])
        if not isinstance(acts, list) or not acts or not all(isinstance(item, dict) for item in acts):
            raise BadRequest("acts must be a list of objects")
        return json_response({"results": [self._do(item, now) for item in acts]})

    async def customer(self, request: web.Request) -> web.Response:
        """``GET /_sim/contacts/customers/{external_userid}``: what came on a customer's phone from members."""
        customer = self._corp.contacts.customers.get(request.match_info["customer"])
        if customer is None:
            raise BadRequest(f"there is no customer {request.match_info['customer']}")
        follows = self._corp.contacts.followers(customer.external_userid)
        shown = {"customer": customer.as_json(), "inbox": customer.inbox}
        return json_response({**shown, "follows": [_follow(follow) for follow in follows]})

    async def group(self, request: web.Request) -> web.Response:
        """``GET /_sim/contacts/groups/{chat_id}``: a group as those in it see it."""
        group = self._corp.groups.groups.get(request.match_info["chat"])
        if group is None:
            raise BadRequest(f"there is no group {request.match_info['chat']}")
        members = [member.as_json(with_name=True) for member in group.members.values()]
        return json_response({**_group(group), "members": members, "messages": group.messages})

    async def pending(self, request: web.Request) -> web.Response:
        """``GET /_sim/contacts/pending/{userid}``: the mass messages that a member is asked to send."""
        member = self._corp.members.get(request.match_info["userid"])
        if member is None:
            raise BadRequest(f"{request.match_info['userid']} is no member of the corp")
        tasks = self._corp.mass.pending(member.userid)
        return json_response(
            {
                "tasks": [
                    {**_task(task), "targets": list(task.senders[member.userid].targets)} for task in tasks
                ]
            }
        )

    def _do(self, data: Mapping[str, object], now: float) -> Json:
        name = str(data.get("act", ""))
        doer = ACTS.get(name)
        if doer is None:
            raise BadRequest(f"there is no act {name!r}; there are {', '.join(ACTS)}")
        try:
            doing = doer(self._corp, data, now)
        except (CorpError, GroupRefused, MassRefused) as error:
            raise Conflict(f"{name}: {error}") from error
        self._corp.journal.append("contacts.act", doing.row or None, act=name, lost=data.get("lost") is True)
        if data.get("lost") is True:
            return {**doing.shown, "pushes": []}
        stamp = {"CreateTime": int(now)}
        return {
            **doing.shown,
            "pushes": [self._corp.tell({**event, **stamp}, row=doing.row) for event in doing.events],
        }


def _follow(follow: Follow) -> Json:
    return {
        **follow.as_json(),
        "external_userid": follow.external_userid,
        "tag_ids": list(follow.tag_ids),
        "alone": follow.alone,
        "chatted": follow.chatted,
    }


def _group(group: Group) -> Json:
    return {
        "chat_id": group.chat_id,
        "name": group.name,
        "owner": group.owner,
        "notice": group.notice,
        "size": len(group.members),
        "member_ids": list(group.members),
        "member_version": group.version,
        "dismissed": group.dismissed,
        "welcome": group.welcome,
    }


def _task(task: MassTask) -> Json:
    return {
        "msgid": task.msgid,
        "chat_type": task.chat_type,
        "created": task.created,
        "message": dict(task.message),
        "allow_select": task.allow_select,
        "cancelled": task.cancelled,
        "reminded": len(task.reminded),
        "senders": {
            userid: {
                "status": sender.status,
                "results": {target: outcome.status for target, outcome in sender.targets.items()},
            }
            for userid, sender in task.senders.items()
        },
    }
