"""The port that every call of a platform's API asks first: may it be made now?"""

from __future__ import annotations

from typing import Protocol


class CallGate(Protocol):
    """Keeps the platform's call limits for all processes together."""

    async def may_call(self, api: str, scope: str) -> float:
        """0.0: go ahead, and the call is counted. Otherwise the seconds to wait; nothing is counted then.

        ``api`` is the path under the API host (``cgi-bin/kf/send_msg``). ``scope`` names what a limit counts by
        beside the credential: a robot, a group chat, a member, several members joined by "|" as in touser;
        empty where there is no such thing. It is never a secret and appears in no log. Never raises.
        """
        ...

    async def blocked(self, api: str, scope: str) -> None:
        """The platform has just refused this call as too frequent (45009): nobody makes it for a minute.

        Never raises.
        """
        ...
