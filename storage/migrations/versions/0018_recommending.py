"""Whether customers would recommend the shop (NPS)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("services", sa.Column("recommend_asked_ms", sa.BigInteger(), nullable=True))
    op.add_column("services", sa.Column("recommends", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("services", "recommends")
    op.drop_column("services", "recommend_asked_ms")
