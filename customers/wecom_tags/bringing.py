"""Brings the tags of one customer in WeCom to what the rules say, and tells what stands there then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import structlog

from customers.wecom_tags.deciding import Decision, WecomTag, decide, fitting
from customers.wecom_tags.port import Done, Follower, Gone, Never, NotNow, Stale, TagList, WecomTags
from customers.wecom_tags.store import Look, Seen

log = structlog.get_logger()

_STALE_SECONDS = 60.0
_NOTHING: frozenset[WecomTag] = frozenset()


class Bringer:
    """``group``: the one of tags by rules. The corp's list of tags is read once and kept until ``list_again``."""

    def __init__(self, wecom: WecomTags, group: str) -> None:
        self._wecom = wecom
        self._group = group
        self._listed: TagList | None = None

    def list_again(self) -> None:
        self._listed = None

    async def listed(self) -> TagList | NotNow:
        if self._listed is None:
            found = await self._wecom.list()
            match found:
                case NotNow():
                    return found
                case Never(reason=reason):
                    return NotNow(seconds=_STALE_SECONDS, reason=reason)
            self._listed = found
        return self._listed

    async def bring(
        self,
        identity_id: int,
        external_userid: str,
        followers: Sequence[Follower],
        by_rules: Collection[str] | None,
        seen: Seen,
    ) -> Look | NotNow:
        """``seen``: at the last look. NotNow leaves things half done; the next time goes on from what stands then."""
        decisions = {each.userid: self._decide(each, by_rules, seen) for each in followers}
        give = frozenset(name for each in decisions.values() for name in each.give)
        take = frozenset(name for each in decisions.values() for name in each.take)
        ids = await self._ids(give, take) if give or take else {}
        if isinstance(ids, NotNow):
            return ids
        settled = by_rules is not None and ids.keys() >= give | take
        after: dict[str, frozenset[WecomTag]] = {}
        for each in followers:
            stands = await self._mark(identity_id, external_userid, each, decisions[each.userid], ids)
            if isinstance(stands, NotNow):
                return stands
            if isinstance(stands, Never):
                log.warning(
                    "wecom_tags.refused", identity=identity_id, member=each.userid, reason=stands.reason
                )
                settled, stands = False, each.tags
            if not isinstance(stands, Gone):
                after[each.userid] = stands
        return Look(by_rules=sorted(fitting(by_rules or ())) if settled else None, seen=after)

    async def _mark(
        self,
        identity_id: int,
        external_userid: str,
        follower: Follower,
        decision: Decision,
        ids: Mapping[str, str],
    ) -> frozenset[WecomTag] | Gone | Never | NotNow:
        """What stands at the member's contact then."""
        give, take = (sorted(names & ids.keys()) for names in (decision.give, decision.take))
        if not give and not take:
            return follower.tags
        result = await self._wecom.mark(
            follower.userid,
            external_userid,
            give=tuple(ids[name] for name in give),
            take=tuple(ids[name] for name in take),
        )
        if isinstance(result, Stale):
            self.list_again()
            return NotNow(seconds=_STALE_SECONDS, reason="a tag was deleted meanwhile")
        if not isinstance(result, Done):
            return result
        _tell(identity_id, follower.userid, decision)
        return (follower.tags - self._tags(take)) | self._tags(give)

    def _decide(self, follower: Follower, by_rules: Collection[str] | None, seen: Seen) -> Decision:
        before = seen.get(follower.userid, _NOTHING)
        agreed = [tag.name for tag in before if tag.group == self._group]
        return decide(self._group, by_rules, follower.tags, agreed)

    async def _ids(self, give: frozenset[str], take: frozenset[str]) -> dict[str, str] | NotNow:
        """By name in our group; tags that are missing are made. What cannot be had is left out."""
        found = await self._known()
        if not isinstance(found, NotNow) and not found.keys() >= take:
            self.list_again()
            found = await self._known()
        if isinstance(found, NotNow) or found.keys() >= give:
            return found
        new = tuple(sorted(give - found.keys()))
        made = await self._wecom.create(self._group, new)
        match made:
            case NotNow():
                return made
            case Stale():
                self.list_again()
                return await self._known()
            case Never(reason=reason):
                log.warning("wecom_tags.not_made", group=self._group, tags=new, reason=reason)
                return found
        self._listed = {**(self._listed or {}), **made}
        log.info("wecom_tags.made", group=self._group, tags=new)
        return await self._known()

    async def _known(self) -> dict[str, str] | NotNow:
        listed = await self.listed()
        if isinstance(listed, NotNow):
            return listed
        return {tag.name: tag_id for tag, tag_id in listed.items() if tag.group == self._group}

    def _tags(self, names: Collection[str]) -> frozenset[WecomTag]:
        return frozenset(WecomTag(self._group, name) for name in names)


def _tell(identity_id: int, userid: str, decision: Decision) -> None:
    """A person's change in our group, which has been put right."""
    if decision.put_back or decision.taken_back:
        log.info(
            "wecom_tags.put_right",
            identity=identity_id,
            member=userid,
            given_back=sorted(decision.put_back),
            taken_back=sorted(decision.taken_back),
        )
