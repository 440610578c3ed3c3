"""What customers ask in vain may be left alone: which questions somebody decided not to answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "question_dismissals",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.Column("dismissed", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=90), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_dismissals")),
    )


def downgrade() -> None:
    op.drop_table("question_dismissals")
