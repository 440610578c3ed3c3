"""Who is writing: identities, events, profiles, and what is known of all customers together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("kind", "key"),
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"])
    op.create_table(
        "identity_links",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("low_id", sa.BigInteger(), nullable=False),
        sa.Column("high_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("insisted_by", sa.String(length=64), nullable=True),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_links")),
        sa.UniqueConstraint("low_id", "high_id", "reason"),
    )
    op.create_index("ix_identity_links_high_id", "identity_links", ["high_id"])
    op.create_index("ix_identity_links_low_id", "identity_links", ["low_id"])
    op.create_table(
        "customer_events",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_events")),
        sa.UniqueConstraint("source", "event_id"),
    )
    op.create_index("ix_customer_events_identity_id_at_ms", "customer_events", ["identity_id", "at_ms"])
    op.create_table(
        "customer_activities",
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_customer_activities")),
    )
    op.create_table(
        "customers_waiting",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers_waiting")),
    )
    op.create_index("ix_customers_waiting_since_ms", "customers_waiting", ["since_ms"])
    op.create_table(
        "customer_profiles",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("segment", sa.String(length=20), nullable=False),
        sa.Column("segments", sa.String(length=80), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("average_order_fen", sa.BigInteger(), nullable=True),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("month_fen", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("last_paid_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_paid_ms", sa.BigInteger(), nullable=True),
        sa.Column("ltv_fen", sa.BigInteger(), nullable=True),
        sa.Column("ltv_low_fen", sa.BigInteger(), nullable=True),
        sa.Column("ltv_high_fen", sa.BigInteger(), nullable=True),
        sa.Column("alive", sa.Float(), nullable=True),
        sa.Column("rfm", sa.String(length=3), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_profiles")),
    )
    op.create_index("ix_customer_profiles_average_order_fen", "customer_profiles", ["average_order_fen"])
    op.create_index("ix_customer_profiles_seen_ms", "customer_profiles", ["seen_ms"])
    op.create_index("ix_customer_profiles_segment_spent_fen", "customer_profiles", ["segment", "spent_fen"])
    op.create_table(
        "customer_tag_history",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tag_history")),
    )
    op.create_index("ix_customer_tag_history_customer_id", "customer_tag_history", ["customer_id"])
    op.create_table(
        "customer_population",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_customer_population")),
    )


def downgrade() -> None:
    op.drop_table("customer_population")
    op.drop_table("customer_tag_history")
    op.drop_table("customer_profiles")
    op.drop_table("customers_waiting")
    op.drop_table("customer_activities")
    op.drop_table("customer_events")
    op.drop_table("identity_links")
    op.drop_table("identities")
