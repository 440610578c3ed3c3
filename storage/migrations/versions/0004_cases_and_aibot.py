"""Who took and who closed a case; who holds the AI bot's connection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aibot_connections",
        sa.Column("bot_id", sa.String(length=80), nullable=False),
        sa.Column("lease_token", sa.String(length=80), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_aibot_connections")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("taken_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("closed_ms", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_cases_open",
            ["opened_ms", "key"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_cases_taken",
            ["taken_by", "opened_ms"],
            unique=False,
            sqlite_where=sa.text("state = 'taken'"),
            postgresql_where=sa.text("state = 'taken'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name, state in (("ix_cases_taken", "taken"), ("ix_cases_open", "open")):
            batch_op.drop_index(
                name,
                sqlite_where=sa.text(f"state = '{state}'"),
                postgresql_where=sa.text(f"state = '{state}'"),
            )
        batch_op.drop_column("closed_ms")
        batch_op.drop_column("closed_by")
        batch_op.drop_column("taken_ms")
        batch_op.drop_column("taken_by")
    op.drop_table("aibot_connections")
