"""Who a message of the app goes to, and who of those named does not get it (WeCom 90236)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members

ROOT_PARTY = "1"
"""The one department of this corp; every member is in it."""

_MOST_USERS, _MOST_PARTIES, _MOST_TAGS = 1000, 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Userids that get the message and what is reported as invalid (userids in lower case)."""

    userids: tuple[str, ...]
    invalid_users: tuple[str, ...] = ()
    invalid_parties: tuple[str, ...] = ()
    invalid_tags: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The fields of the answer to message/send."""
        return {
            "invaliduser": "|".join(self.invalid_users),
            "invalidparty": "|".join(self.invalid_parties),
            "invalidtag": "|".join(self.invalid_tags),
            "unlicenseduser": "",
        }


def resolve(data: Mapping[str, object], members: Members) -> Receivers:
    """Read touser, toparty, totag; raises CorpError 82001 (none), 40032/82002/82003 (too many), 81013 (all invalid)."""
    users, parties, tags = (_names(data, name) for name in ("touser", "toparty", "totag"))
    if not users and not parties and not tags:
        raise CorpError(82001)
    if len(users) > _MOST_USERS:
        raise CorpError(40032)
    if len(parties) > _MOST_PARTIES:
        raise CorpError(82002)
    if len(tags) > _MOST_TAGS:
        raise CorpError(82003)
    if users == ["@all"]:
        return Receivers(userids=everybody(members))
    valid = [userid for name in users if (userid := reachable(members, name)) is not None]
    if ROOT_PARTY in parties:
        valid += everybody(members)
    if not valid:
        raise CorpError(81013)
    return Receivers(
        userids=tuple(dict.fromkeys(valid)),
        invalid_users=tuple(name.lower() for name in users if reachable(members, name) is None),
        invalid_parties=tuple(party for party in parties if party != ROOT_PARTY),
        invalid_tags=tuple(tags),
    )


def everybody(members: Members) -> tuple[str, ...]:
    """All members within the app's visible range."""
    return tuple(member.userid for member in members if member.visible and member.active)


def reachable(members: Members, userid: str) -> str | None:
    """The userid as it is spelt in the address book, when the app may write to that member."""
    member = members.get(userid)
    return member.userid if member is not None and member.visible and member.active else None


def _names(data: Mapping[str, object], name: str) -> list[str]:
    value = data.get(name) or ""
    if not isinstance(value, str):
        raise CorpError(40058, name)
    return [item for item in value.split("|") if item]
