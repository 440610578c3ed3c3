"""What the running program counts. No label ever holds a person, a text or a secret."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5)

callbacks = Counter("xiaoer_callbacks", "Callbacks by result", ["channel", "result"])
inbound = Counter("xiaoer_inbound", "Stored messages and events by kind", ["channel", "kind"])
callback_seconds = Histogram("xiaoer_callback_seconds", "From request to answer", ["answer"], buckets=_FAST)
turns = Counter("xiaoer_turns", "Turns by result", ["result"])
turn_seconds = Histogram("xiaoer_turn_seconds", "Thinking time of a turn", buckets=_FAST)
sends = Counter("xiaoer_sends", "Attempts to send by outcome", ["outcome"])
send_seconds = Histogram("xiaoer_send_seconds", "Time of one attempt to send", buckets=_FAST)
dead = Gauge("xiaoer_dead", "Entries on the dead list", ["box"])
waiting = Gauge("xiaoer_waiting", "Entries not finished yet", ["box"])
errands = Counter("xiaoer_errands", "Attempts to carry out errands by result", ["result"])
errand_seconds = Histogram("xiaoer_errand_seconds", "Time of one answer of the mall", buckets=_FAST)
pulled = Counter("xiaoer_pulled", "Items pulled from a platform and stored", ["channel"])
pull_seconds = Histogram("xiaoer_pull_seconds", "Reading and storing one pulled page", buckets=_FAST)
rasa_up = Gauge("xiaoer_rasa_up", "1 while Rasa answers, 0 while it is away; NaN where there is none")
rasa_up.set(float("nan"))
customer_events = Counter("xiaoer_customer_events", "Events told by the shop's systems", ["source", "result"])
services_assigned = Counter("xiaoer_services_assigned", "Customers given to an agent by the queue")
profiles_made = Counter("xiaoer_profiles_made", "Customers judged anew")
