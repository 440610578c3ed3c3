"""The tables of who is writing: identities, events, what these add up to. The conventions of ``storage.schema``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from storage.schema import RowId, metadata

__all__ = [
    "activities",
    "customer_profiles",
    "customers_waiting",
    "events",
    "events_waiting",
    "identities",
    "identity_links",
    "metadata",
    "population",
    "tag_history",
]

# One row for every name that somebody is known by. customer_id: the smallest id among those joined with this one.
identities = Table(
    "identities",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # openid | unionid | external_userid | mall_id | phone
    Column(
        "key", String(200), nullable=False
    ),  # for matching: openid with its account; phone: keyed hash, hex
    Column("sealed", Text),  # phone: encrypted, for showing; else null
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("first_seen_ms", BigInteger, nullable=False),
    UniqueConstraint("kind", "key"),
)

# Never deleted but by erasure: a link that was undone keeps who undid it, and is not made again by itself. One that is
# not undone, and whose ends are two customers, is a conflict: a person decides.
identity_links = Table(
    "identity_links",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("low_id", BigInteger, nullable=False, index=True),  # identities.id, the smaller one
    Column("high_id", BigInteger, nullable=False, index=True),
    Column("reason", String(20), nullable=False),  # unionid | scene_param | signed_event | phone | person
    Column("source", String(200), nullable=False),  # what said so: key of a message, id of an event, login
    Column("at_ms", BigInteger, nullable=False),
    Column("insisted_by", String(64)),  # login of who joined them against the rules
    Column("undone_ms", BigInteger),
    Column("undone_by", String(64)),
    UniqueConstraint("low_id", "high_id", "reason"),
)

# Only ever added to, but by erasure. data: canonical JSON of what the kind has beyond the columns.
events = Table(
    "customer_events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column(
        "source", String(32), nullable=False
    ),  # which of the shop's systems; xiaoer: what we saw ourselves
    Column("event_id", String(64), nullable=False),
    Column("identity_id", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
    UniqueConstraint("source", "event_id"),
    Index("ix_customer_events_identity_id_at_ms", "identity_id", "at_ms"),
)

# What the events of one identity add up to, but for those that wait: a mergeable summary, ``customers.activity``.
activities = Table(
    "customer_activities",
    metadata,
    Column("identity_id", BigInteger, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
)

# Events that are not yet part of the activity of their identity. due_ms: not to be added before.
events_waiting = Table(
    "customer_events_waiting",
    metadata,
    Column("identity_id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_row", BigInteger, primary_key=True, autoincrement=False),  # customer_events.id
    Column("due_ms", BigInteger, nullable=False, index=True),
)

# Customers to be judged again though no event of theirs waits: links changed, or days passed. A customer who is no
# more, having been joined with another, is named here as well.
customers_waiting = Table(
    "customers_waiting",
    metadata,
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("due_ms", BigInteger, nullable=False, index=True),
)

# The columns repeat what of ``data`` has to be found or added up by the database. What changes with every event
# (seen_ms, data) has no index, so that PostgreSQL can write the new row beside the old one (heap-only tuples).
customer_profiles = Table(
    "customer_profiles",
    metadata,
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),  # canonical JSON of customers.profile.profile.Profile
    Column("segment", String(20), nullable=False),  # the first by routing order
    Column("segments", String(80), nullable=False),  # all, comma-separated
    Column("orders", Integer, nullable=False),  # paid and not refunded, within the window
    Column("average_order_fen", BigInteger),  # of them; null: none
    Column("spent_fen", BigInteger, nullable=False),  # of them
    Column("month_fen", BigInteger, nullable=False),  # within the last 30 days
    Column("shares", Integer, nullable=False),  # on their own, within the window
    Column("last_paid_ms", BigInteger),
    Column("first_paid_ms", BigInteger),
    Column("ltv_fen", BigInteger),  # expected of the next 12 months; by the last fit
    Column("ltv_low_fen", BigInteger),
    Column("ltv_high_fen", BigInteger),
    Column("alive", Float),  # probability
    Column("rfm", String(3)),  # quintiles, e.g. 543; by the last fit
    Column("seen_ms", BigInteger, nullable=False),  # their last event
    Column("made_ms", BigInteger, nullable=False),
    Index("ix_customer_profiles_average_order_fen", "average_order_fen"),
    Index("ix_customer_profiles_segment_spent_fen", "segment", "spent_fen"),
)

tag_history = Table(
    "customer_tag_history",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("customer_id", BigInteger, nullable=False, index=True),
    Column("tag", String(64), nullable=False),
    Column("given", Integer, nullable=False),  # 1 | 0: taken away
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

# What is known of all customers together. key: value_line | rfm | ltv | segments | names of locks and cursors
population = Table(
    "customer_population",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("data", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)
