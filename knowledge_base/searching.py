"""From texts to verdicts: embed, search, decide. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.answering import Policy, choose, stored
from knowledge_base.decision import Refuse, RefuseReason, Rule, Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.index.version import IndexVersion
from knowledge_base.text import exact_key, tidy

NO_INDEX = Verdict(
    decision=Refuse(reason=RefuseReason.NO_INDEX), rule=Rule.NO_INDEX, probability=0.0, ranked=()
)


def judge(
    texts: Sequence[str], index: IndexVersion | None, embedder: Embedder, policy: Policy
) -> list[Verdict]:
    """A verdict for each text; without an index each is refused."""
    if index is None:
        return [NO_INDEX] * len(texts)
    policy = policy.fitted_to(index)
    read = [as_read(text, index) for text in texts]
    findings = index.search_all(embedder.encode(read), read)
    return [
        choose(text, finding, index.exact(exact_key(text)), policy)
        for text, finding in zip(read, findings, strict=True)
    ]


def as_read(text: str, index: IndexVersion) -> str:
    """The tidied text, its words in letters (fahuo) as the index's phrasings have them (发货)."""
    tidied = tidy(text)
    return tidied if index.exact(exact_key(tidied)) else index.respelled(tidied)


def recognise(text: str, index: IndexVersion | None, policy: Policy) -> Verdict | None:
    """The verdict on a text that is stored as it is, found without the model; None for any other."""
    exact = index.exact(exact_key(tidy(text))) if index is not None else ()
    return stored(exact, policy) if exact else None
