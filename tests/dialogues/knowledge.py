"""A tiny knowledge base for dialogues: what it decides for a text is looked up, never computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Asker


class ScriptedKnowledge:
    """Answers its entries' phrasings, asks back for ``unclear`` texts, refuses the rest.

    ``unclear`` maps a text to the ids that it may mean. Punctuation at the end of a text does not matter.
    """

    def __init__(self, entries: Sequence[Entry], unclear: Mapping[str, Sequence[str]]) -> None:
        self._entries = {str(entry.id): entry for entry in entries}
        self._by_phrasing = {_plain(text): entry for entry in entries for text in entry.phrasings}
        self._unclear = {_plain(text): tuple(ids) for text, ids in unclear.items()}

    async def decide(self, text: str, asker: Asker | None = None) -> Decision:
        plain = _plain(text)

        def served(entry: Entry) -> bool:
            return asker is None or asker.is_served(entry)

        if plain in self._by_phrasing and served(self._by_phrasing[plain]):
            return Answer(candidate=_candidate(self._by_phrasing[plain], 0.95))
        meant = list(filter(served, (self._entries[each] for each in self._unclear.get(plain, ()))))
        if meant:
            return Ask(candidates=tuple(_candidate(entry, 0.4) for entry in meant))
        return Refuse(reason=RefuseReason.NOTHING_NEAR)

    version = "v1"

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        return verdict_of(await self.decide(text, asker))

    def entry(self, entry_id: str) -> Entry | None:
        return self._entries.get(entry_id)

    def forget(self, entry_id: str) -> None:
        """Takes an entry away, as an editor would between two messages."""
        del self._entries[entry_id]


def verdict_of(decision: Decision) -> Verdict:
    """The decision with grounds that fit it."""
    match decision:
        case Answer(candidate=candidate):
            return Verdict(
                decision=decision, rule=Rule.SURE, probability=candidate.probability, ranked=(candidate,)
            )
        case Ask(candidates=candidates):
            first = candidates[0].probability if candidates else 0.0
            return Verdict(decision=decision, rule=Rule.UNSURE, probability=first, ranked=candidates)
        case Refuse():
            return Verdict(decision=decision, rule=Rule.NOTHING_NEAR, probability=0.0, ranked=())


def shop_knowledge() -> ScriptedKnowledge:
    """Four entries of a shop, and one question that may mean three of them."""
    return ScriptedKnowledge(
        [
            _entry("free-shipping", "满多少包邮？", "满 59 元包邮。", "运费多少", "谢谢，那运费多少"),
            _entry("return-how", "怎么退货？", "在订单里点“申请售后”。", "你好，请问怎么退货"),
            _entry("refund-time", "退款多久到账？", "零钱 1 天内。", "钱什么时候退"),
            _entry("return-fee", "退货运费谁出？", "质量问题我们出。"),
        ],
        {
            "退": ("return-how", "refund-time", "return-fee"),
            "售后的事": ("return-how", "refund-time", "return-fee"),
            "运费险": ("return-fee",),
        },
    )


def _entry(entry_id: str, question: str, answer: str, *similar: str) -> Entry:
    return Entry(id=EntryId(entry_id), question=question, answer=answer, similar=similar)


def _candidate(entry: Entry, probability: float) -> Candidate:
    return Candidate(
        entry_id=entry.id,
        question=entry.question,
        answer=entry.answer,
        score=probability,
        probability=probability,
    )


def _plain(text: str) -> str:
    return text.strip().rstrip("？?。.！!")
