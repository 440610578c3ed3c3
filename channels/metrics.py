"""What is counted about our calls to the platforms. No label ever holds a person, a text or a secret."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

calls = Counter(
    "xiaoer_platform_calls",
    "Calls to a platform's API: ok, errcode_N, other_errcode, not_sent or unknown",
    ["channel", "api", "outcome"],
)
call_seconds = Histogram(
    "xiaoer_platform_call_seconds",
    "From request to answer or failure of one call to a platform's API",
    ["channel", "api"],
    buckets=_BUCKETS,
)
alarms = Counter(
    "xiaoer_platform_alarms",
    "Answers of a platform that somebody has to look at: wrong settings, unknown errcodes",
    ["channel", "outcome"],
)
limit_used = Gauge(
    "xiaoer_limit_used",
    "What this process used of a limit in its current stretch; of many robots, chats or members the highest",
    ["limit", "scope_kind"],
)
limit_max = Gauge("xiaoer_limit_max", "What the platform allows in that stretch", ["limit", "scope_kind"])
limit_waits = Counter("xiaoer_limit_waits", "Calls that had to wait for a limit", ["limit"])
media = Counter(
    "xiaoer_media",
    "Files that people sent, each attempt to fetch one: kept, refused, lost or later",
    ["kind", "outcome"],
)
