"""What is counted about our calls to the platforms; served by the web part under /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

CALLS = Counter(
    "xiaoer_platform_calls_total",
    "Calls to a platform's API by what came of them: ok, errcode_N, other_errcode, not_sent, unknown.",
    ["channel", "api", "outcome"],
)
CALL_SECONDS = Histogram(
    "xiaoer_platform_call_seconds",
    "Seconds that one call to a platform's API took, failed ones included.",
    ["channel", "api"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
ALARMS = Counter(
    "xiaoer_platform_alarms_total",
    "Answers of a platform that somebody has to look at: wrong settings, unknown errcodes.",
    ["channel", "errcode"],
)
