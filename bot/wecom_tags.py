"""Joins customers' tags with WeCom's: what it tells of them at the door, the calls of the keeper, and its rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels.outcomes import NotSent, OutcomeUnknown, Sent
from channels.wecom.answers import Failure
from channels.wecom.api import QyApi
from channels.wecom.contacts import Contacts
from channels.wecom.tags import CorpTags, NameTaken, NoRelation, TagGroup, UnknownTag
from customers.wecom_tags import waiting
from customers.wecom_tags.deciding import WecomTag
from customers.wecom_tags.keeping import TagKeeper
from customers.wecom_tags.port import Done, Follower, Gone, Never, NotNow, Stale, TagList
from customers.wecom_tags.waiting import TAG_LIST
from storage.database import Database
from storage.times import now_ms

log = structlog.get_logger()

LOOK_SECONDS = 2.0
AGAIN_SECONDS = 60.0
"""Where the platform does not say when."""
_CONTACT_CHANGES = frozenset(
    {
        "add_external_contact",
        "add_half_external_contact",
        "edit_external_contact",
        "del_external_contact",
    }
)
_TAG_CHANGES = frozenset({"update", "delete"})


def told_of(fields: Mapping[str, object]) -> str | None:
    """Whom to look at after a callback: an external_userid, ``TAG_LIST``, or None (WeCom 92130).

    New tags and another order of them change nothing for any customer.
    """
    change = fields.get("ChangeType")
    match str(fields.get("Event")).lower():
        case "change_external_contact" if change in _CONTACT_CHANGES:
            return str(fields.get("ExternalUserID") or "")[:200] or None
        case "change_external_tag" if change in _TAG_CHANGES:
            return TAG_LIST
    return None


class TagNews:
    """Notes what a callback tells of tags; on disk before the callback is acknowledged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, fields: Mapping[str, object]) -> bool:
        """True when it told of somebody."""
        whom = told_of(fields)
        if whom is None:
            return False
        async with self._database.writing() as connection:
            await waiting.put(connection, [whom], now_ms())
        return True


class TagCalls:
    """``customers.wecom_tags.port.WecomTags`` by the API of the corp."""

    def __init__(self, api: QyApi) -> None:
        self._contacts = Contacts(api)
        self._tags = CorpTags(api)

    async def list(self) -> TagList | NotNow | Never:
        groups = await self._tags.list()
        if isinstance(groups, Failure):
            return _trouble(groups)
        return {tag: tag_id for group in groups for tag, tag_id in _ids(group).items()}

    async def create(self, group: str, names: tuple[str, ...]) -> TagList | Stale | NotNow | Never:
        made = await self._tags.add(group, names)
        match made:
            case NameTaken():
                return Stale()
            case TagGroup():
                return _ids(made)
        return _trouble(made)

    async def followers(self, external_userid: str) -> tuple[Follower, ...] | NotNow:
        """A customer whom the platform refuses to show is nobody's contact: 84061, or unknown to it."""
        found = await self._contacts.get(external_userid)
        if isinstance(found, Failure):
            trouble = _trouble(found)
            return trouble if isinstance(trouble, NotNow) else ()
        return tuple(
            Follower(
                userid=each.userid,
                tags=frozenset(WecomTag(tag.group, tag.name) for tag in each.tags),
            )
            for each in found.followers
        )

    async def mark(
        self, userid: str, external_userid: str, *, give: tuple[str, ...], take: tuple[str, ...]
    ) -> Done | Gone | Stale | NotNow | Never:
        marked = await self._tags.mark(userid, external_userid, add=give, remove=take)
        match marked:
            case Sent():
                return Done()
            case NoRelation():
                return Gone()
            case UnknownTag():
                return Stale()
        return _trouble(marked)


async def keep_tags(keeper: TagKeeper) -> None:
    """Runs until cancelled. Several processes may."""
    while True:
        worked = 0
        try:
            worked = await keeper.round()
        except SQLAlchemyError as error:
            log.warning("wecom_tags.round_failed", error=type(error).__name__)
        if not worked:
            await asyncio.sleep(LOOK_SECONDS)


def _ids(group: TagGroup) -> dict[WecomTag, str]:
    return {WecomTag(group.name, tag.name): tag.id for tag in group.tags}


def _trouble(failure: Failure) -> NotNow | Never:
    match failure:
        case NotSent(reason=reason, retry_after=seconds):
            return NotNow(seconds=AGAIN_SECONDS if seconds is None else seconds, reason=reason)
        case OutcomeUnknown(reason=reason):
            return NotNow(seconds=AGAIN_SECONDS, reason=reason)
    return Never(reason=failure.reason)
