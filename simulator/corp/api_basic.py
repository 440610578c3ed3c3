"""Tokens and addresses (WeCom 91039 获取access_token, 92521 获取企业微信回调IP段)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Endpoint


async def get_token(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/gettoken?corpid=&corpsecret=``."""
    query = call.query
    token, seconds = call.corp.tokens.issue(
        query.get("corpid", ""), query.get("corpsecret", ""), call.ip, call.now
    )
    return {**OK, "access_token": token, "expires_in": seconds}


async def addresses(_: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/getcallbackip`` and ``get_api_domain_ip``: this machine."""
    return {**OK, "ip_list": ["127.0.0.1"]}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/gettoken": Endpoint(method="GET", handler=get_token, needs_token=False),
    "/cgi-bin/getcallbackip": Endpoint(method="GET", handler=addresses),
    "/cgi-bin/get_api_domain_ip": Endpoint(method="GET", handler=addresses),
}
