"""A visit: one request, with whoever makes it. What handlers of pages are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from console.accounts.account import Account
from console.accounts.store import Doer
from console.audit.chain import Act
from console.permissions import Permission
from console.sessions.session import Session, derived
from console.sessions.store import Flash, Found
from console.signing_in import Caller

BASE = "/console"
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
_CSRF = "csrf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """``token`` is what the browser's cookie holds; ``found`` the session it opens, None for who has not signed in."""

    request: web.Request
    token: str
    caller: Caller
    found: Found | None = None

    @property
    def account(self) -> Account:
        """Who asks. Only for routes with a permission: on public ones there may be nobody."""
        assert self.found is not None, "this route is public"
        return self.found.account

    @property
    def session(self) -> Session:
        assert self.found is not None, "this route is public"
        return self.found.session

    @property
    def flashes(self) -> tuple[Flash, ...]:
        return () if self.found is None else self.found.flashes

    @property
    def csrf(self) -> str:
        """What every unsafe request of this browser must carry, in the field or the header."""
        return derived(self.token, _CSRF)

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("HX-Request") == "true" and "HX-Boosted" not in self.request.headers

    def may(self, permission: Permission) -> bool:
        return self.found is not None and self.found.account.may(permission)

    def doer(self) -> Doer:
        """Who changes something, for stores that write the log themselves."""
        return Doer(login=self.account.login, address=self.caller.address)

    def act(self, name: str, subject: str = "", details: Mapping[str, object] | None = None) -> Act:
        """An act of this person, for the log."""
        return Act(
            actor=self.account.login,
            act=name,
            subject=subject,
            details=details or {},
            address=self.caller.address,
        )

    async def form(self) -> dict[str, str]:
        """The fields of the form that are texts; of a repeated one the last."""
        data = await self.request.post()
        return {name: value for name, value in data.items() if isinstance(value, str)}

    async def choices(self, name: str) -> list[str]:
        """The values of a field that may be there several times, such as check boxes."""
        data = await self.request.post()
        return [value for value in data.getall(name, []) if isinstance(value, str)]
