"""The table of what customers agreed to. The conventions of ``storage.schema``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from storage.schema import RowId, metadata

__all__ = ["consents", "metadata"]

# Only ever added to: the last row of a conversation and purpose counts. key: of the message that changed it.
consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("purpose", String(20), nullable=False),  # marketing
    Column("granted", Integer, nullable=False),  # 1 | 0
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_consents_conversation_id_purpose_id", "conversation_id", "purpose", "id"),
)
