"""The second factor of the console's people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("console_sessions", sa.Column("answered_ms", sa.BigInteger()))
    op.create_table(
        "console_second_factors",
        sa.Column("account_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger()),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_console_second_factors")),
    )
    op.create_table(
        "console_recovery_codes",
        sa.Column("account_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_console_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("console_recovery_codes")
    op.drop_table("console_second_factors")
    op.drop_column("console_sessions", "answered_ms")
