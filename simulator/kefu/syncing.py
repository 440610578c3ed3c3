"""Reading an account's stream (WeCom 94670 读取消息)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import whole_of
from simulator.corp.errcodes import CorpError
from simulator.corp.limits import MINUTE, CorpLimits
from simulator.kefu.world import KefuWorld

MAX_LIMIT = 1000


def sync(kefu: KefuWorld, data: Mapping[str, object], limits: CorpLimits) -> dict[str, object]:
    """One page: ``next_cursor``, ``has_more``, ``msg_list``; raises CorpError 95007, 45009, 40058 and others."""
    account = kefu.accounts.need(data.get("open_kfid"))
    limit = whole_of(data, "limit", MAX_LIMIT, 1, MAX_LIMIT)
    whole_of(data, "voice_format", 0, 0, 1)
    _check_token(kefu, account.open_kfid, data.get("token"), limits)
    stream = kefu.stream(account.open_kfid)
    cursor = data.get("cursor", "")
    if not isinstance(cursor, str):
        raise CorpError(40058, "cursor")
    position = stream.position(cursor)
    start = 0 if position is None else position
    if start < stream.furthest:
        kefu.around.violate(
            "kefu-out-of-order-pull", detail=f"{account.open_kfid}: {start} after {stream.furthest}"
        )
    stream.furthest = max(stream.furthest, start)
    if _is_empty_page(kefu):
        return {"next_cursor": stream.cursor(start), "has_more": 1, "msg_list": []}
    page = stream.page(position, min(limit, max(1, kefu.knobs.kefu_page_limit)), kefu.now)
    return {
        "next_cursor": stream.cursor(page.position),
        "has_more": int(page.has_more),
        "msg_list": list(page.items),
    }


def _check_token(kefu: KefuWorld, open_kfid: str, token: object, limits: CorpLimits) -> None:
    if token is None or token == "":
        most = kefu.knobs.kefu_sync_without_token_per_minute
        limits.take(f"sync_msg without token:{open_kfid}", most, MINUTE, kefu.now)
        return
    if not isinstance(token, str):
        raise CorpError(40058, "token")
    kefu.tokens.check(token, open_kfid, kefu.now)


def _is_empty_page(kefu: KefuWorld) -> bool:
    if kefu.knobs.kefu_sync_empty_pages > 0:
        kefu.knobs.kefu_sync_empty_pages -= 1
        return True
    return kefu.dice.random() < kefu.knobs.kefu_sync_empty_probability
