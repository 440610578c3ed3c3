"""Service by people: services, what happened in them, and the agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("state != 'ended'")
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("key", sa.String(280), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("queued_ms", sa.BigInteger()),
        sa.Column("due_ms", sa.BigInteger()),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
        sa.Column("vip", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skills", sa.Text(), server_default="[]", nullable=False),
        sa.Column("own", sa.String(80), server_default="", nullable=False),
        sa.Column("deputies", sa.Text(), server_default="[]", nullable=False),
        sa.Column("last", sa.String(80), server_default="", nullable=False),
        sa.Column("agent", sa.String(80)),
        sa.Column("tier", sa.String(10)),
        sa.Column("claimed_ms", sa.BigInteger()),
        sa.Column("replied_ms", sa.BigInteger()),
        sa.Column("snoozed_ms", sa.BigInteger()),
        sa.Column("ended_ms", sa.BigInteger()),
        sa.Column("ended_by", sa.String(80)),
        sa.Column("ending", sa.String(20)),
        sa.Column("asked_ms", sa.BigInteger()),
        sa.Column("score", sa.Integer()),
        sa.Column("scored_ms", sa.BigInteger()),
        sa.Column("comment", sa.Text()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_services")),
    )
    op.create_index(
        "ux_services_under_way",
        "services",
        ["conversation_id"],
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    op.create_index(
        "ix_services_state", "services", ["state"], sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY
    )
    op.create_index("ix_services_conversation_id_opened_ms", "services", ["conversation_id", "opened_ms"])
    op.create_index("ix_services_ended_ms", "services", ["ended_ms"])
    op.create_table(
        "service_events",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("service_key", sa.String(280), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("whom", sa.String(80), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_events")),
    )
    op.create_index("ix_service_events_conversation_id_id", "service_events", ["conversation_id", "id"])
    op.create_index("ix_service_events_service_key", "service_events", ["service_key"])
    op.create_table(
        "agents",
        sa.Column("login", sa.String(80), nullable=False),
        sa.Column("receiving", sa.Integer(), server_default="0", nullable=False),
        sa.Column("room", sa.Integer(), server_default="8", nullable=False),
        sa.Column("skills", sa.Text(), server_default="[]", nullable=False),
        sa.Column("vip", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deputies", sa.Text(), server_default="[]", nullable=False),
        sa.Column("idle_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_agents")),
    )
    op.create_table(
        "stewards",
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("login", sa.String(80), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_stewards")),
    )
    op.create_index("ix_stewards_login", "stewards", ["login"])


def downgrade() -> None:
    op.drop_table("stewards")
    op.drop_table("agents")
    op.drop_table("service_events")
    op.drop_table("services")
