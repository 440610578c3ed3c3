"""Labels in SQL: only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.privacy import without_private_numbers
from knowledge_base.entry import EntryId
from knowledge_base.mining.labels import Judgement, Label, LabelSource, implied_labels
from knowledge_base.mining.questions import QuestionKey
from knowledge_base.mining.store import questions_between
from storage.questions_schema import question_labels
from storage.times import from_ms, to_ms


async def add_label(connection: AsyncConnection, label: Label) -> int:
    """Written inside the caller's transaction; personal data in the text is taken out. Returns the label's number."""
    row = {
        "text": without_private_numbers(label.text),
        "verdict": label.judgement,
        "entry_id": label.entry_id,
        "source": label.source,
        "author": label.author,
        "question_key": label.question,
        "at_ms": to_ms(label.at),
    }
    added = await connection.execute(insert(question_labels).values(**row).returning(question_labels.c.id))
    return int(added.scalar_one())


async def stored_labels(connection: AsyncConnection) -> tuple[Label, ...]:
    """Every label that somebody wrote, oldest first."""
    rows = await connection.execute(select(question_labels).order_by(question_labels.c.id))
    return tuple(_label(row) for row in rows.mappings())


async def all_labels(connection: AsyncConnection, since: datetime, until: datetime) -> tuple[Label, ...]:
    """Every written label, and what customers showed about questions asked between ``since`` and ``until``."""
    asked = await questions_between(connection, since, until)
    return (*await stored_labels(connection), *implied_labels(asked))


def _label(row: RowMapping) -> Label:
    return Label(
        text=row["text"],
        judgement=Judgement(row["verdict"]),
        entry_id=None if row["entry_id"] is None else EntryId(row["entry_id"]),
        source=LabelSource(row["source"]),
        author=row["author"],
        question=None if row["question_key"] is None else QuestionKey(row["question_key"]),
        at=from_ms(row["at_ms"]),
    )
