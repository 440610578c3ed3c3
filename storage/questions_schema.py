"""Tables of what customers asked the knowledge base, and of what people say about it.

The conventions of ``storage.schema``. Questions and what became of them are kept for ``knowledge_base.questions_days``;
labels stay.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from storage.schema import RowId, metadata

__all__ = ["metadata", "question_dismissals", "question_labels", "question_marks", "questions"]

# One row a question, written once and never changed. key: of the message that asked; entries: JSON list of ids.
questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("text", Text, nullable=False),  # without personal data
    Column("reaction", String(10), nullable=False),  # answered | asked | refused
    Column("rule", String(30), nullable=False),
    Column("entries", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("version", String(80)),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_questions_conversation_id_at_ms", "conversation_id", "at_ms"),
    Index("ix_questions_at_ms", "at_ms"),
)

# What became of a question later. value: the entry chosen, the key of the later question, the case, the rating.
question_marks = Table(
    "question_marks",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(320), nullable=False, unique=True),
    Column("question_key", String(280), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # chosen | reasked | handed_over | rated
    Column("value", String(280), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

# What somebody says is right for a question's text. Only ever added to; see knowledge_base.mining.labels.
question_labels = Table(
    "question_labels",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("verdict", String(10), nullable=False),  # right | wrong | should_be | no_entry
    Column("entry_id", String(64)),
    Column("source", String(10), nullable=False),  # editor | agent | rating | choice | reask
    Column("author", String(90), nullable=False),
    Column("question_key", String(280)),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_question_labels_at_ms", "at_ms"),
)

# Questions that somebody decided to leave alone, or to look at again after all. Only ever added to; the last row of a
# print counts. print: SHA-256 of the question's exact key, so that nothing of the question is kept here.
question_dismissals = Table(
    "question_dismissals",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("print", String(64), nullable=False),
    Column("dismissed", Integer, nullable=False),  # 1 | 0
    Column("author", String(90), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
