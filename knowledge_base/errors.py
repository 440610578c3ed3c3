"""What can go wrong in the knowledge base."""

from __future__ import annotations

from conversations.errors import Transient, XiaoerError


class KnowledgeBaseError(XiaoerError):
    """The knowledge base cannot do what was asked; the message says why and what helps."""


class KnowledgeBaseBusy(KnowledgeBaseError, Transient):
    """More questions wait for the knowledge base than it can think about soon; the turn runs again later."""


class EmbedderUnavailable(KnowledgeBaseError):
    """The embedder cannot be loaded."""


class RerankerUnavailable(KnowledgeBaseError):
    """The reranker cannot be opened."""


class IndexCorrupt(KnowledgeBaseError):
    """A file of an index version does not have the bytes its manifest promises."""


class IndexMissing(KnowledgeBaseError):
    """There is no index yet."""


class EntriesCorrupt(KnowledgeBaseError):
    """The stored entries cannot be read."""
