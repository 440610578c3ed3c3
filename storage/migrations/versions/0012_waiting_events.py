"""Events wait to be added up; customers wait until a time; profiles are written at less cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WRITTEN_OFTEN = ("customer_activities", "customer_profiles")
"""Their pages keep room for the new versions of their rows."""


def upgrade() -> None:
    op.create_table(
        "customer_events_waiting",
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "event_row", name=op.f("pk_customer_events_waiting")),
    )
    op.create_index("ix_customer_events_waiting_due_ms", "customer_events_waiting", ["due_ms"])
    # Nothing has been waiting so far: no release writes to it.
    op.drop_table("customers_waiting")
    _create_customers_waiting("due_ms")
    op.drop_index("ix_customer_profiles_seen_ms", "customer_profiles")
    if op.get_bind().dialect.name == "postgresql":
        for table in _WRITTEN_OFTEN:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 80)")


def downgrade() -> None:
    op.create_index("ix_customer_profiles_seen_ms", "customer_profiles", ["seen_ms"])
    op.drop_table("customers_waiting")
    _create_customers_waiting("since_ms")
    op.drop_table("customer_events_waiting")


def _create_customers_waiting(time: str) -> None:
    op.create_table(
        "customers_waiting",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(time, sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers_waiting")),
    )
    op.create_index(f"ix_customers_waiting_{time}", "customers_waiting", [time])
