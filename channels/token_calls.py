"""Calls that need the access token: with the shared one, and once more with its successor when it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from channels.calls import Answered, Budget
from channels.errcodes import ErrcodeTable, Reaction
from channels.outcomes import NotSent
from channels.tokens import CredentialRefused, TokenKeeper
from conversations.errors import Transient

_T = TypeVar("_T")

_REFUSED_TWICE_SECONDS = 30.0


class TokenCalls:
    """Gives calls the token of one credential. ``errcodes`` says which codes speak of the token."""

    def __init__(self, tokens: TokenKeeper, errcodes: ErrcodeTable) -> None:
        self._tokens = tokens
        self._errcodes = errcodes

    async def call(self, attempt: Callable[[str, float], Awaitable[_T]], budget: Budget) -> _T | NotSent:
        """The answer to ``attempt(token, seconds)``, tried twice at most.

        NotSent: no token in time, the credential is refused (the reason holds the cure), or two tokens were.
        """
        token = await self._within(self._tokens.get(), budget)
        if isinstance(token, NotSent):
            return token
        result = await attempt(token, budget.left())
        if not self._refused(result):
            return result
        fresh = await self._within(self._tokens.refresh(token), budget)
        if isinstance(fresh, NotSent):
            return fresh
        result = await attempt(fresh, budget.left())
        if self._refused(result):
            return NotSent(reason="fresh token refused too", retry_after=_REFUSED_TWICE_SECONDS)
        return result

    def _refused(self, result: object) -> bool:
        return (
            isinstance(result, Answered)
            and result.code is not None
            and self._errcodes.reaction(result.code) is Reaction.REFRESH_TOKEN
        )

    async def _within(self, token: Awaitable[str], budget: Budget) -> str | NotSent:
        try:
            async with asyncio.timeout(budget.left()):
                return await token
        except TimeoutError:
            return NotSent(reason="no access token in time")
        except (Transient, CredentialRefused) as error:
            return NotSent(reason=str(error), retry_after=error.retry_after)
