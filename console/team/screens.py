"""The pages of those who lead: who is there, how much they take on, and in whose place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from console.accounts.account import Account
from console.ground import Ground
from console.permissions import Permission, Role
from console.web.rendering import go, page
from console.web.visit import Visit
from conversations.clock import Clock
from escalation import roster, service_store, stewards
from escalation.roster import Post, Seat
from storage.database import Database
from storage.times import now_ms, to_ms

ROOT = "/team"
MOST_ROOM = 50
MOST_SKILLS = 12
MOST_DEPUTIES = 3
LONGEST_SKILL = 10
NOT_A_NUMBER = f"同时接待填 0 到 {MOST_ROOM} 的整数"
TOO_MANY_SKILLS = f"擅长的最多 {MOST_SKILLS} 样，每样最多 {LONGEST_SKILL} 个字"
TOO_MANY_DEPUTIES = f"替班的最多选 {MOST_DEPUTIES} 位"
NOBODY = "请选一位能接 VIP 顾客的同事"

_BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who answers at the desk. ``load``: weights of conversations that they have now.
    ``vip_customers``: how many customers of high value are theirs.
    """

    account: Account
    seat: Seat
    load: int
    vip_customers: int

    @property
    def state(self) -> str:
        if not self.seat.there:
            return "不在"
        return "接待中" if self.seat.receives else "休息中"

    @property
    def serves_vip(self) -> bool:
        return Role.VIP_AGENT in self.account.roles


class TeamScreens:
    def __init__(
        self, database: Database, ground: Ground, clock: Clock, wanted_skills: Sequence[str]
    ) -> None:
        self._database = database
        self._ground = ground
        self._clock = clock
        self._wanted_skills = wanted_skills

    async def list(self, visit: Visit) -> web.StreamResponse:
        team = await self._team()
        missing = set(self._wanted_skills).difference(*(each.seat.post.skills for each in team.values()))
        return await page(
            visit, "team/list.html", team=list(team.values()), names=_names(team), missing=missing
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        team = await self._team()
        return await self._form(visit, team, _asked(visit, team))

    async def change(self, visit: Visit) -> web.StreamResponse:
        team = await self._team()
        member = _asked(visit, team)
        form = await visit.form()
        deputies = [each for each in await visit.choices("deputy") if each in team]
        typed = _typed(form, deputies, member.seat.post)
        if isinstance(typed, str):
            return await self._form(visit, team, member, problem=typed, status=422)
        post = replace(typed, vip=member.serves_vip)
        async with self._database.writing() as connection:
            await roster.appoint(connection, post)
            details = {"room": post.room, "skills": sorted(post.skills), "deputies": list(post.deputies)}
            await self._ground.audit.append(
                connection, visit.act("team.changed", f"agent:{post.login}", details)
            )
        return await go(visit, ROOT, say=f"{member.account.name} 的安排存好了")

    async def let_receive(self, visit: Visit) -> web.StreamResponse:
        member = _asked(visit, await self._team())
        receives = (await visit.form()).get("receives") == "yes"
        async with self._database.writing() as connection:
            await roster.let_receive(
                connection, member.account.login, receives, now_ms=to_ms(self._clock.now())
            )
            act = visit.act("team.receiving", f"agent:{member.account.login}", {"receives": receives})
            await self._ground.audit.append(connection, act)
        name = member.account.name
        return await go(visit, ROOT, say=f"{name} 可以接新顾客了" if receives else f"不再给 {name} 分新顾客")

    async def hand_over(self, visit: Visit) -> web.StreamResponse:
        team = await self._team()
        member = _asked(visit, team)
        to = team.get((await visit.form()).get("to", ""))
        if to is None or to.account.login == member.account.login or not to.serves_vip:
            return await self._form(visit, team, member, problem=NOBODY, status=422)
        async with self._database.writing() as connection:
            count = await stewards.hand_over_all(
                connection,
                member.account.login,
                to.account.login,
                by=visit.account.login,
                now=self._clock.now(),
            )
            details = {"to": to.account.login, "customers": count}
            await self._ground.audit.append(
                connection,
                visit.act("team.customers_handed_over", f"agent:{member.account.login}", details),
            )
        return await go(visit, ROOT, say=f"{member.account.name} 的 VIP 顾客都交给 {to.account.name} 了")

    async def _team(self) -> dict[str, Member]:
        """By login, everybody who may answer at the desk, and those whose VIP customers somebody has to take on."""
        accounts = await self._ground.accounts.all()
        async with self._database.reading() as connection:
            seats = await roster.seats(connection, real_ms=now_ms())
            loads = await service_store.loads(connection)
            customers = await stewards.customers_each(connection)
        return {
            account.login: Member(
                account=account,
                seat=seats.get(account.login, Seat(post=Post(login=account.login))),
                load=loads.get(account.login, 0),
                vip_customers=customers.get(account.login, 0),
            )
            for account in accounts
            if (account.may(Permission.DESK_ANSWER) and not account.disabled) or customers.get(account.login)
        }

    async def _form(
        self,
        visit: Visit,
        team: Mapping[str, Member],
        member: Member,
        *,
        problem: str = "",
        status: int = 200,
    ) -> web.StreamResponse:
        colleagues = [
            each
            for login, each in team.items()
            if login != member.account.login and not each.account.disabled
        ]
        return await page(
            visit,
            "team/form.html",
            status=status,
            member=member,
            colleagues=colleagues,
            wanted_skills=self._wanted_skills,
            most_room=MOST_ROOM,
            problem=problem,
        )


def _asked(visit: Visit, team: Mapping[str, Member]) -> Member:
    """Raises HTTPNotFound."""
    member = team.get(visit.request.match_info["login"])
    if member is None:
        raise web.HTTPNotFound
    return member


def _typed(form: Mapping[str, str], deputies: Sequence[str], before: Post) -> Post | str:
    """The post as it was typed, or what is wrong with it."""
    room = form.get("room", "").strip()
    if not (room.isdecimal() and room.isascii() and int(room) <= MOST_ROOM):
        return NOT_A_NUMBER
    skills = frozenset(each for each in _BETWEEN.split(form.get("skills", "")) if each)
    if len(skills) > MOST_SKILLS or any(len(each) > LONGEST_SKILL for each in skills):
        return TOO_MANY_SKILLS
    others = tuple(dict.fromkeys(each for each in deputies if each != before.login))
    if len(others) > MOST_DEPUTIES:
        return TOO_MANY_DEPUTIES
    return replace(before, room=int(room), skills=skills, deputies=others)


def _names(team: Mapping[str, Member]) -> dict[str, str]:
    return {login: member.account.name for login, member in team.items()}
