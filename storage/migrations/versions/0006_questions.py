"""What customers asked the knowledge base, what became of it, and what people say about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=280), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reaction", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_questions_conversation_id_at_ms", "questions", ["conversation_id", "at_ms"])
    op.create_index("ix_questions_at_ms", "questions", ["at_ms"])
    op.create_table(
        "question_marks",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("question_key", sa.String(length=280), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=280), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_marks")),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_question_marks_question_key"), "question_marks", ["question_key"])
    op.create_table(
        "question_labels",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=90), nullable=False),
        sa.Column("question_key", sa.String(length=280), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_labels")),
    )
    op.create_index("ix_question_labels_at_ms", "question_labels", ["at_ms"])


def downgrade() -> None:
    for table in ("question_labels", "question_marks", "questions"):
        op.drop_table(table)
