"""The page of one customer: the card, what is behind its masks, tags by hand, and the links that make it one person."""

from __future__ import annotations

from aiohttp import web

from console.audit.log import AuditLog
from console.customers.card import Card
from console.customers.card_reading import now_part_of, read_card
from console.customers.desk import CustomersDesk
from console.customers.linking import link_lines
from console.customers.naming import bare
from console.customers.tagging import change_tag, problem_of, tag_of
from console.revealing import reveal
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from customers.identity.known_as import KnownAs, known_as


class CardScreen:
    def __init__(self, desk: CustomersDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit

    async def show(self, visit: Visit) -> web.StreamResponse:
        customer_id = _id(visit, "customer")
        card = await read_card(self._desk, customer_id)
        if card is None:
            return await self._elsewhere(visit, customer_id)
        known = await self._known(customer_id)
        async with self._desk.database.reading() as connection:
            links = await link_lines(connection, known.links, self._desk.keys)
        first = card.names[0]
        return await page(
            visit,
            "customers/one.html",
            tab="list",
            card=card,
            subtitle=f"{first.title} {first.masked}",
            links=links,
        )

    async def reveal(self, visit: Visit) -> web.StreamResponse:
        """What is behind the mask of a name."""
        customer_id, identity_id = _id(visit, "customer"), _id(visit, "name")
        known = await self._known(customer_id)
        name = next((each for each in known.names if each.identity_id == identity_id), None)
        if name is None or not name.value:
            raise web.HTTPNotFound
        subject = f"customer:{customer_id}"
        return await reveal(visit, self._audit, subject=subject, field=name.kind.value, value=bare(name))

    async def tag(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        tag = tag_of(form.get("tag", ""))
        known = await self._known(_id(visit, "customer"))
        problem = problem_of(tag, of_rules=self._desk.tags)
        if not problem:
            done = await self._change(visit, known, tag, given=True, reason=form.get("reason", ""))
            problem = "" if done else f"已经有“{tag}”了"
        return await self._tags(visit, known.customer_id, problem, f"加上了“{tag}”")

    async def untag(self, visit: Visit) -> web.StreamResponse:
        tag = tag_of((await visit.form()).get("tag", ""))
        known = await self._known(_id(visit, "customer"))
        done = await self._change(visit, known, tag, given=False)
        return await self._tags(
            visit, known.customer_id, "" if done else "这个标签已经不在了", f"去掉了“{tag}”"
        )

    async def _change(self, visit: Visit, known: KnownAs, tag: str, *, given: bool, reason: str = "") -> bool:
        ids = [name.identity_id for name in known.names]
        return await change_tag(
            self._desk, self._audit, visit, known.customer_id, ids, tag=tag, given=given, reason=reason
        )

    async def _tags(self, visit: Visit, customer_id: int, problem: str, done: str) -> web.StreamResponse:
        """That part of the card for htmx, else the page."""
        if not visit.is_fragment:
            say, kind = (problem, "warning") if problem else (done, "success")
            return await go(visit, f"/customers/{customer_id}", say=say, kind=kind)
        card: Card | None = await read_card(self._desk, customer_id)
        if card is None:
            raise web.HTTPNotFound
        return await fragment(visit, "customers/_tags.html", card=card, tag_problem=problem)

    async def _known(self, customer_id: int) -> KnownAs:
        async with self._desk.database.reading() as connection:
            known = await known_as(connection, customer_id, self._desk.keys)
        if known is None:
            raise web.HTTPNotFound
        return known

    async def _elsewhere(self, visit: Visit, customer_id: int) -> web.StreamResponse:
        """Somebody who was joined with another is found there."""
        async with self._desk.database.reading() as connection:
            now = await now_part_of(connection, customer_id)
        if now is None:
            return await page(visit, "customers/nobody.html", status=404, tab="list")
        return await go(visit, f"/customers/{now}")


def _id(visit: Visit, name: str) -> int:
    return int(visit.request.match_info[name])
