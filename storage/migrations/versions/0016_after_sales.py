"""After-sales: cases, and what happened in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_ms IS NULL")
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "after_sales",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(280), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("order_no", sa.Text()),
        sa.Column("wants", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("acted_ms", sa.BigInteger()),
        sa.Column("ended_ms", sa.BigInteger()),
        sa.Column("agent", sa.String(80)),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("pauses", sa.Text(), server_default="[]", nullable=False),
        sa.Column("errand", sa.String(280)),
        sa.Column("errand_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("said", sa.Text(), server_default="[]", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("heard_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_ms", sa.BigInteger()),
        sa.Column("look_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales")),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "ix_after_sales_due", "after_sales", ["due_ms"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ix_after_sales_look", "after_sales", ["look_ms"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_after_sales_conversation_id", "after_sales", ["conversation_id"])
    op.create_index("ix_after_sales_order_no", "after_sales", ["order_no"])
    op.create_index("ix_after_sales_ended_ms", "after_sales", ["ended_ms"])
    op.create_table(
        "after_sales_events",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("case_key", sa.String(280), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("ref", sa.String(280)),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sales_events")),
    )
    for column in ("case_key", "conversation_id", "ref"):
        op.create_index(f"ix_after_sales_events_{column}", "after_sales_events", [column])


def downgrade() -> None:
    op.drop_table("after_sales_events")
    op.drop_table("after_sales")
