"""The desk's page and its parts: lists, one conversation, and the stream of what changes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import select

from console.customers.card import Card
from console.customers.card_reading import read_card
from console.customers.talking import TalkLine
from console.desk.acting import Acting, Refused
from console.desk.desk import AgentsDesk
from console.desk.elsewhere import Elsewhere, in_the_client
from console.desk.lines import Transcript, names_of_agents, transcript_of
from console.desk.live import Live
from console.desk.quota import words_on_quota
from console.desk.rows import Row, rows_of
from console.desk.searching import search
from console.desk.suggesting import last_words
from console.desk.visited import conversation_in
from console.desk.words import CHOSEN_ENDINGS, ENDINGS, TIERS, also_here, channel_of
from console.permissions import Permission, Role
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from conversations.address import Address, ConversationId
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from conversations.ownership import Owner
from conversations.privacy import customer_tag
from customers.identity.identifier import of_address
from escalation import mentions, roster, service_store
from escalation.after_sales.store import Numbered, open_in
from escalation.mentions import Mention
from escalation.service import Service, ServiceState
from escalation.service_store import EventKind
from storage.schema import conversations

_BEAT_SECONDS = 5.0
_COMES_AGAIN_SECONDS = 240.0
"""Then the browser connects anew, and it is looked again who that is and what they may."""
_LONGEST_ORDER, _LONGEST_WHY = 40, 500
_SERVES = frozenset({Role.AGENT, Role.VIP_AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One conversation on the desk. ``mine``: the visitor serves it; ``colleagues``: who it can be handed to.

    ``in_the_client``: people have it in the platform's own client, where we cannot look.
    """

    conversation_id: ConversationId
    name: str
    channel: str
    service: Service | None
    transcript: Transcript
    quota: str
    quota_left: int
    colleagues: Mapping[str, str]
    agent_name: str
    in_the_client: bool
    mine: bool
    card: Card | None
    cases: Sequence[Numbered]
    mark: str

    @property
    def elsewhere(self) -> tuple[TalkLine, ...]:
        """The customer's other conversations, the latest first."""
        talks = () if self.card is None else self.card.talks
        return tuple(talk for talk in talks if talk.conversation_id != self.conversation_id)

    @property
    def tier(self) -> str:
        return "" if self.service is None or self.service.tier is None else TIERS[self.service.tier]

    @property
    def state(self) -> str:
        return "" if self.service is None else self.service.state.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """``others``: whom colleagues serve, for supervisors. ``receiving``: the visitor is given customers.

    ``asked``: where colleagues ask the visitor to look. ``elsewhere``: whom colleagues serve in the platform's client.
    """

    elsewhere: list[Elsewhere]
    asked: list[Asked]
    mine: list[Row]
    waiting: list[Row]
    others: list[Row]
    receiving: bool
    supervises: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A mention as its reader sees it."""

    conversation_id: ConversationId
    path: str
    name: str
    by: str
    text: str


class DeskScreen:
    def __init__(self, desk: AgentsDesk, acting: Acting, live: Live) -> None:
        self._desk = desk
        self._acting = acting
        self._live = live

    async def show(self, visit: Visit) -> web.StreamResponse:
        login = visit.account.login
        async with self._desk.database.writing() as connection:
            await roster.sit_down(
                connection,
                login,
                vip=Role.VIP_AGENT in visit.account.roles,
                receives=bool(_SERVES & visit.account.roles),
                now_ms=self._desk.real_ms(),
                real_ms=self._desk.real_ms(),
            )
        self._desk.changed()
        where = conversation_in(visit) if "conversation" in visit.request.match_info else None
        opened = None if where is None else await self._opened(visit, where)
        return await page(
            visit,
            "desk/desk.html",
            lists=await self._lists(visit),
            opened=opened,
            endings=[(each.value, ENDINGS[each]) for each in CHOSEN_ENDINGS],
        )

    async def search(self, visit: Visit) -> web.StreamResponse:
        """By POST: what is looked for may be a phone number, and addresses are logged."""
        asked = (await visit.form()).get("q", "") if visit.request.method == "POST" else ""
        async with self._desk.database.reading() as connection:
            found = await search(self._desk, connection, asked)
        return await page(visit, "desk/search.html", search=found)

    async def lists(self, visit: Visit) -> web.StreamResponse:
        return await fragment(visit, "desk/_lists.html", lists=await self._lists(visit))

    async def conversation(self, visit: Visit) -> web.StreamResponse:
        """A part for htmx, or the page with this conversation open."""
        if not visit.is_fragment:
            return await self.show(visit)
        return await self._conversation(visit, conversation_in(visit))

    async def lines(self, visit: Visit) -> web.StreamResponse:
        """Only what was said, for a conversation that is open."""
        opened = await self._opened(visit, conversation_in(visit))
        return await fragment(visit, "desk/_lines.html", opened=opened)

    async def suggestions(self, visit: Visit) -> web.StreamResponse:
        """What the bot would say to the customer's last words."""
        where = conversation_in(visit)
        async with self._desk.database.reading() as connection:
            text = await last_words(connection, where, self._desk.hear)
        found = await self._desk.suggest(text, Address.parse(where)) if text else ()
        return await fragment(visit, "desk/_suggestions.html", suggestions=found)

    async def here(self, visit: Visit) -> web.StreamResponse:
        """The visitor looks at a conversation: who else does, in words."""
        writes = (await visit.form()).get("writes") == "yes"
        where = conversation_in(visit)
        others = await self._desk.presence.here(where, visit.account.login, writes=writes)
        async with self._desk.database.reading() as connection:
            names = await names_of_agents(connection) if others else {}
        return web.Response(text=also_here(others, names))

    async def claim(self, visit: Visit) -> web.StreamResponse:
        return await self._act(visit, self._acting.claim)

    async def say(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        text, mark, canned = form.get("text", ""), form.get("mark", ""), form.get("canned", "")
        return await self._act(visit, lambda v, w: self._acting.say(v, w, text, mark, canned))

    async def hand_on(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        return await self._act(
            visit, lambda v, w: self._acting.hand_on(v, w, form.get("to", ""), form.get("why", ""))
        )

    async def take_over(self, visit: Visit) -> web.StreamResponse:
        return await self._act(visit, self._acting.take_over)

    async def give_back(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        return await self._act(visit, lambda v, w: self._acting.give_back(v, w, form.get("why", "")))

    async def end(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        return await self._act(
            visit, lambda v, w: self._acting.end(v, w, form.get("ending", ""), form.get("why", ""))
        )

    async def snooze(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        return await self._act(visit, lambda v, w: self._acting.snooze(v, w, form.get("until", "")))

    async def note(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        return await self._act(
            visit, lambda v, w: self._acting.remark(v, w, EventKind.NOTE, form.get("text", ""))
        )

    async def whisper(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        async with self._desk.database.reading() as connection:
            service = await service_store.under_way(connection, conversation_in(visit))
        whom = service.agent if service is not None and service.agent else ""
        return await self._act(
            visit, lambda v, w: self._acting.remark(v, w, EventKind.WHISPER, form.get("text", ""), whom)
        )

    async def after_sales(self, visit: Visit) -> web.StreamResponse:
        """A case of after-sales, opened from the conversation."""
        form = await visit.form()
        kinds = {kind.value: kind for kind in AfterSalesKind}
        wish = AfterSalesWish(
            kind=kinds.get(form.get("kind", ""), AfterSalesKind.TROUBLE),
            order_no=form.get("order_no", "").strip().upper()[:_LONGEST_ORDER] or None,
            why=form.get("why", "").strip()[:_LONGEST_WHY],
        )
        mark = form.get("mark", "")
        return await self._act(visit, lambda v, w: self._acting.open_after_sales(v, w, wish, mark))

    async def receive(self, visit: Visit) -> web.StreamResponse:
        """On and off duty."""
        receiving = (await visit.form()).get("receiving") == "yes"
        async with self._desk.database.writing() as connection:
            await roster.come(
                connection,
                visit.account.login,
                receiving=receiving,
                now_ms=self._desk.real_ms(),
                real_ms=self._desk.real_ms(),
            )
        self._desk.changed()
        return await self.lists(visit) if visit.is_fragment else await go(visit, "/desk")

    async def live(self, visit: Visit) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await response.prepare(visit.request)
        desk = await self._live.open(visit.account.login)
        try:
            await response.write(b"event: hello\ndata: {}\n\n")
            until = asyncio.get_running_loop().time() + _COMES_AGAIN_SECONDS
            while not desk.gone.is_set() and asyncio.get_running_loop().time() < until:
                try:
                    async with asyncio.timeout(_BEAT_SECONDS):
                        event = await desk.waiting.get()
                except TimeoutError:
                    event = ": beat\n\n"
                await response.write(event.encode())
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(self._live.close(desk))
        return response

    async def _act(
        self, visit: Visit, deed: Callable[[Visit, ConversationId], Awaitable[None]]
    ) -> web.StreamResponse:
        """The conversation as it is afterwards; a refusal is said in words (409)."""
        where = conversation_in(visit)
        try:
            await deed(visit, where)
        except Refused as refused:
            if visit.is_fragment:
                return web.Response(status=409, text=str(refused), content_type="text/plain")
            return await go(visit, _path(where), say=str(refused), kind="warning")
        return await self._conversation(visit, where) if visit.is_fragment else await go(visit, _path(where))

    async def _conversation(self, visit: Visit, where: ConversationId) -> web.StreamResponse:
        opened = await self._opened(visit, where)
        return await fragment(
            visit,
            "desk/_conversation.html",
            opened=opened,
            endings=[(each.value, ENDINGS[each]) for each in CHOSEN_ENDINGS],
        )

    async def _lists(self, visit: Visit) -> Lists:
        login, supervises = visit.account.login, visit.may(Permission.DESK_SUPERVISE)
        async with self._desk.database.reading() as connection:
            rows = await rows_of(self._desk, connection, agent=None if supervises else login)
            receiving = await roster.receiving(connection, login)
            asked = await mentions.unseen(connection, login)
            names = await names_of_agents(connection) if asked else {}
            elsewhere = await in_the_client(connection) if supervises else []
        return Lists(
            elsewhere=elsewhere,
            asked=[_asked(each, names) for each in asked],
            mine=_sorted(row for row in rows if row.agent == login),
            waiting=_sorted(row for row in rows if not row.agent),
            others=_sorted(row for row in rows if row.agent not in ("", login)),
            receiving=receiving,
            supervises=supervises,
        )

    async def _see(self, visit: Visit, where: ConversationId) -> None:
        """Who opens a conversation has seen that they were asked to."""
        login = visit.account.login
        async with self._desk.database.reading() as connection:
            asked = any(each.conversation_id == where for each in await mentions.unseen(connection, login))
        if asked:
            async with self._desk.database.writing() as connection:
                await mentions.see(connection, where, login, self._desk.real_ms())
            self._desk.changed()

    async def _opened(self, visit: Visit, where: ConversationId) -> Opened:
        await self._see(visit, where)
        login, supervises = visit.account.login, visit.may(Permission.DESK_SUPERVISE)
        before = visit.request.query.get("before", "")
        address = Address.parse(where)
        async with self._desk.database.reading() as connection:
            query = select(conversations.c.owner).where(conversations.c.id == where)
            owner: str | None = (await connection.execute(query)).scalar_one_or_none()
            if owner is None:
                raise web.HTTPNotFound
            service = await service_store.under_way(connection, where)
            transcript = await transcript_of(
                self._desk,
                connection,
                where,
                before=int(before) if before.isdecimal() else 0,
                login=login,
                supervises=supervises,
            )
            words, count = await words_on_quota(
                connection, where, self._desk.limits(address), self._desk.now()
            )
            names = await names_of_agents(connection)
            open_cases = await open_in(connection, where)
            there = await roster.present(
                connection, await service_store.loads(connection), real_ms=self._desk.real_ms()
            )
        agent = service.agent if service is not None else None
        colleagues = {
            each.login: names.get(each.login, each.login)
            for each in there
            if each.receiving and each.login != agent
        }
        return Opened(
            conversation_id=where,
            name=customer_tag(where),
            channel=channel_of(where),
            service=service,
            transcript=transcript,
            quota=words,
            quota_left=count,
            colleagues=colleagues,
            agent_name=names.get(agent, agent) if agent else "",
            in_the_client=service is None and owner != Owner.BOT.value,
            mine=service is not None and service.state is ServiceState.SERVING and agent == login,
            card=await self._card(visit, address),
            cases=open_cases,
            mark=secrets.token_hex(8),
        )

    async def _card(self, visit: Visit, address: Address) -> Card | None:
        identifier = of_address(address)
        if identifier is None or not visit.may(Permission.CUSTOMERS_READ):
            return None
        customer_id = await self._desk.customer_id(identifier)
        return None if customer_id is None else await read_card(self._desk.customers, customer_id)


def _asked(mention: Mention, names: Mapping[str, str]) -> Asked:
    return Asked(
        conversation_id=mention.conversation_id,
        path=_path(mention.conversation_id),
        name=customer_tag(mention.conversation_id),
        by=names.get(mention.by, mention.by),
        text=mention.text,
    )


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.order)


def _path(where: ConversationId) -> str:
    return f"/desk/{quote(where, safe='')}"
