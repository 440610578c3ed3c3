"""The two ways to obtain an access token (docs: Get_access_token, getStableAccessToken)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.calls import Call
from simulator.tokens import Credentials, Grant


async def classic(call: Call) -> Mapping[str, object]:
    """``GET /cgi-bin/token``."""
    query = call.query
    caller = Credentials(
        grant_type=query.get("grant_type", ""),
        app_id=query.get("appid", ""),
        secret=query.get("secret", ""),
        ip=call.request.remote or "",
    )
    return _granted(call.world.tokens.issue_classic(caller, call.now))


async def stable(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/stable_token``."""
    data = call.data()
    caller = Credentials(
        grant_type=str(data.get("grant_type", "")),
        app_id=str(data.get("appid", "")),
        secret=str(data.get("secret", "")),
        ip=call.request.remote or "",
    )
    return _granted(call.world.tokens.issue_stable(caller, call.now, force=data.get("force_refresh") is True))


def _granted(grant: Grant) -> Mapping[str, object]:
    return {"access_token": grant.access_token, "expires_in": grant.expires_in}
