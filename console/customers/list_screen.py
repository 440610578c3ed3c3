"""The list of customers, and the search for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.desk import CustomersDesk
from console.customers.listing import CustomerLine, customers_sought, lines_of
from console.customers.naming import called, names_of
from console.customers.searching import customers_named, phone_in
from console.customers.sought import CELLS, sought_of
from console.customers.telling import short_moment, whole_yuan
from console.customers.words import SEGMENT_COLOURS
from console.web.rendering import go, page
from console.web.visit import Visit
from customers.identity.keys import CustomerKeys
from customers.profile.names import SEGMENTS
from customers.value.rfm import name_of

Called = tuple[CustomerLine, str]


class ListScreen:
    def __init__(self, desk: CustomersDesk) -> None:
        self._desk = desk

    async def list(self, visit: Visit) -> web.StreamResponse:
        sought = sought_of(visit.request.query)
        keys = self._desk.keys

        async def read(connection: AsyncConnection) -> tuple[list[Called], str]:
            found = await customers_sought(connection, sought)
            below = "" if found.below is None else "{}.{}".format(*found.below)
            return await _called(connection, found.lines, keys), below

        lines, below = await self._desk.read(read)
        return await page(
            visit, "customers/list.html", sought=sought, lines=lines, below=below, text="", **self._words
        )

    async def search(self, visit: Visit) -> web.StreamResponse:
        """A POST, so that phone numbers are not in addresses, which browsers and servers keep."""
        text = (await visit.form()).get("q", "").strip()
        if not text:
            return await go(visit, "/customers")
        async with self._desk.database.reading() as connection:
            found = await customers_named(connection, text, self._desk.identities, self._desk.accounts)
            if len(found) == 1:
                return await go(visit, f"/customers/{found[0]}")
            lines = await _called(connection, await lines_of(connection, found), self._desk.keys)
        return await page(
            visit,
            "customers/found.html",
            lines=lines,
            text=text,
            without_key=self._desk.keys is None and phone_in(text) is not None,
            **self._words,
        )

    @property
    def _words(self) -> dict[str, Any]:
        return {
            "tab": "list",
            "segments": SEGMENTS,
            "colours": SEGMENT_COLOURS,
            "cells": tuple(CELLS),
            "tags": self._desk.tags,
            "yuan": whole_yuan,
            "when": partial(short_moment, now_ms=self._desk.now_ms),
            "cell_name": name_of,
        }


async def _called(
    connection: AsyncConnection, lines: Sequence[CustomerLine], keys: CustomerKeys | None
) -> list[Called]:
    names = await names_of(connection, [line.customer_id for line in lines], keys)
    return [(line, called(names.get(line.customer_id, ()))) for line in lines]
