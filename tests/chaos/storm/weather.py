"""What goes wrong by itself during a round: the simulator's rules and settings, and the bot's times to match."""

from __future__ import annotations

from collections.abc import Mapping

TIMEOUT_SCALE = 0.6
"""On the platform's waiting times: attempts begin 3 s apart. Three of them outlast the start of a web process."""
PASSIVE_WAITS = (0.1, 0.0, 0.8)
"""Seconds that callbacks wait for their answer, round by round: some, none, nearly all are answered passively."""
RETRY_WINDOW_SECONDS = 12.0
RECONCILE_SECONDS = 8.0
"""Seldom enough for the ten pulls a minute that the platform takes without a bell's token."""
SIMULATOR_BOUNDS = {"log_entries": 400_000, "lines_kept": 50_000, "max_shoppers": 10_000}
CORP_KNOBS = {"kefu_sync_empty_probability": 0.1, "kefu_page_limit": 10}
CLOSINGS = ((0.5, 0.65), (0.0, 0.15))
"""Between which parts of a round, round by round, the platform may close an API: late ones find a backlog in the
calm, early ones a backlog in the storm. Each closing lasts a minute, so it needs an end."""


def _callback(kind: str, probability: float, **more: object) -> dict[str, object]:
    return {"side": "callback", "kind": kind, "probability": probability, **more}


def _api(kind: str, path: str, probability: float, **more: object) -> dict[str, object]:
    return {"side": "api", "kind": kind, "path": path, "probability": probability, **more}


RULES: tuple[Mapping[str, object], ...] = (
    _callback("drop_request", 0.05),
    _callback("drop_response", 0.05),
    _callback("duplicate", 0.08),
    _callback("duplicate_after", 0.05),
    _callback("reorder", 0.05),
    # Bells: a good part is lost altogether, whatever is tried.
    _callback("drop_request", 0.4, path="corp:event:kf_msg_or_event"),
    *(
        _api(kind, path, 0.04)
        for kind in ("refuse", "reset_after", "bad_gateway")
        for path in ("/cgi-bin/message/custom", "/cgi-bin/kf/")
    ),
    # Between two pages there is time to answer the first.
    _api("delay", "/cgi-bin/kf/sync_msg", 0.2, ms=1500),
    _api("delay", "/cgi-bin/", 0.02, ms=800),
    _api("bad_gateway", "/cgi-bin/stable_token", 0.1),
    _api("bad_gateway", "/cgi-bin/gettoken", 0.1),
    _api("expire_token", "/cgi-bin/kf/", 0.01),
    _api("kill_token", "/cgi-bin/kf/", 0.005),
    _api("expire_token", "/cgi-bin/message/custom", 0.01),
    _api("kill_token", "/cgi-bin/message/custom", 0.005),
    _api("errcode", "/cgi-bin/kf/send_msg", 0.02, errcode=-1),
    _api("errcode", "/cgi-bin/kf/send_msg", 0.01, errcode=95018),
)
CLOSING_RULES: tuple[Mapping[str, object], ...] = (
    _api("errcode", "/cgi-bin/kf/send_msg", 1, errcode=45009, count=1, nth=[*range(20, 40)]),
    _api("errcode", "/cgi-bin/kf/sync_msg", 1, errcode=45009, count=1, nth=[*range(5, 25)]),
    _api("errcode", "/cgi-bin/message/custom/send", 1, errcode=45011, nth=[3, 30]),
)
"""Counted from when they are armed. An API is closed once: by the first of these calls that nothing else disturbs."""
