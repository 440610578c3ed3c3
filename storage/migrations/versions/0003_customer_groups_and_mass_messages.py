"""Customer groups and mass messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_groups",
        sa.Column("chat_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=80), server_default="", nullable=False),
        sa.Column("roster", sa.Text(), server_default="{}", nullable=False),
        sa.Column("version", sa.String(length=120), server_default="", nullable=False),
        sa.Column("dismissed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stale", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("read_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_customer_groups")),
    )
    with op.batch_alter_table("customer_groups", schema=None) as batch_op:
        batch_op.create_index("ix_customer_groups_owner", ["owner"], unique=False)
        batch_op.create_index(
            "ix_customer_groups_stale",
            ["chat_id"],
            unique=False,
            sqlite_where=sa.text("stale = 1"),
            postgresql_where=sa.text("stale = 1"),
        )

    op.create_table(
        "mass_receipts",
        sa.Column("msgid", sa.String(length=120), nullable=False),
        sa.Column("userid", sa.String(length=80), nullable=False),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("msgid", "userid", "receiver", name=op.f("pk_mass_receipts")),
    )
    with op.batch_alter_table("mass_receipts", schema=None) as batch_op:
        batch_op.create_index("ix_mass_receipts_receiver_sent_ms", ["receiver", "sent_ms"], unique=False)

    op.create_table(
        "mass_tasks",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("msgid", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sender", sa.String(length=80), server_default="", nullable=False),
        sa.Column("receivers", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), server_default="[]", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("members", sa.Text(), server_default="[]", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("reminded_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("checked_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mass_tasks")),
        sa.UniqueConstraint("msgid"),
    )
    with op.batch_alter_table("mass_tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mass_tasks_unfinished",
            ["checked_ms"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'partly')"),
            postgresql_where=sa.text("state IN ('pending', 'partly')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("mass_tasks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mass_tasks_unfinished",
            sqlite_where=sa.text("state IN ('pending', 'partly')"),
            postgresql_where=sa.text("state IN ('pending', 'partly')"),
        )

    op.drop_table("mass_tasks")
    with op.batch_alter_table("mass_receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_mass_receipts_receiver_sent_ms")

    op.drop_table("mass_receipts")
    with op.batch_alter_table("customer_groups", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customer_groups_stale",
            sqlite_where=sa.text("stale = 1"),
            postgresql_where=sa.text("stale = 1"),
        )
        batch_op.drop_index("ix_customer_groups_owner")

    op.drop_table("customer_groups")
