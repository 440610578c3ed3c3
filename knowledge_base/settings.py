"""The section ``knowledge_base`` of the configuration."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class KnowledgeBaseSettings(BaseModel):
    """Where the knowledge base lives and how sure it must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(
        default=Path("var/kb"),
        description="Folder of the entries and of the index versions; workers on other hosts share it.",
    )
    embedder: str = Field(
        default="default",
        min_length=1,
        description="'default' (made by `make setup`), or a sentence-transformers model's name or folder.",
    )
    reranker: str = Field(
        default="none",
        min_length=1,
        description="'none', or the name or folder of a sentence-transformers CrossEncoder for the first ten entries.",
    )
    lexical: bool = Field(
        default=True,
        description="Whether wording counts in the order of entries; the cut-offs are fitted with it.",
    )
    answers_searched: bool = Field(
        default=True,
        description="Whether entries whose answers hold the question's words move up among the first ten.",
    )
    checks: bool = Field(
        default=True,
        description="Whether an outright answer is held back when one side says 'not', or numbers or sides differ.",
    )
    max_wrong_rate: float = Field(
        default=0.02,
        gt=0,
        lt=1,
        description="Share of outright answers that may be wrong; the cut-off for answering aims at it.",
    )
    max_candidates: int = Field(
        default=3,
        ge=1,
        le=3,
        description="How many questions are offered when the bot asks back.",
    )
    threads: int = Field(
        default=1, ge=1, le=64, description="Threads of the embedding model in each process."
    )
    batch_size: int = Field(
        default=16, ge=1, le=256, description="Most queries that are embedded together when many wait."
    )
    cache_size: int = Field(
        default=4096,
        ge=0,
        description="Decisions kept in memory, by normalised question and index version; 0 turns it off.",
    )
    keep_versions: int = Field(
        default=3, ge=1, description="Index versions kept on disk, the one in use included."
    )
    questions_days: int = Field(
        default=180, ge=1, description="Days that the log of customers' questions is kept, for `kb mine`."
    )
