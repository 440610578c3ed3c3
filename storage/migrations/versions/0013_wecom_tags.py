"""Customers' tags in step with WeCom's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wecom_tags_waiting",
        sa.Column("external_userid", sa.String(length=200), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("external_userid", name=op.f("pk_wecom_tags_waiting")),
    )
    op.create_index("ix_wecom_tags_waiting_due_ms", "wecom_tags_waiting", ["due_ms"])
    op.create_table(
        "wecom_tag_looks",
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by_rules", sa.Text(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("looked_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_wecom_tag_looks")),
    )
    op.create_table(
        "wecom_tags",
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("userid", sa.String(length=80), nullable=False),
        sa.Column("tag_group", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("from_people", sa.Integer(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "userid", "tag_group", "tag", name=op.f("pk_wecom_tags")),
    )
    op.create_index("ix_wecom_tags_tag_group_tag", "wecom_tags", ["tag_group", "tag"])


def downgrade() -> None:
    op.drop_table("wecom_tags")
    op.drop_table("wecom_tag_looks")
    op.drop_table("wecom_tags_waiting")
