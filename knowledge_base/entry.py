"""An entry of the knowledge base: a question, the ways people put it, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NewType

from knowledge_base.attachment import Attachment
from knowledge_base.audience import Variant, parse_audience
from knowledge_base.text import tidy

EntryId = NewType("EntryId", str)

MAX_ID = 64
MAX_QUESTION = 200
MAX_ANSWER = 5000
MAX_CATEGORY = 50
MAX_NOTE = 1000
MAX_SIMILAR = 200
MAX_VARIANTS = 50
MAX_ATTACHMENTS = 5
"""Longest fields in characters; ``MAX_SIMILAR`` is how many other phrasings an entry may have, each at most
``MAX_QUESTION`` long; ``MAX_VARIANTS`` how many other answers, each at most ``MAX_ANSWER`` long.
"""

_OLD_FIELDS = ("id", "category", "question", "similar", "answer")
_NEW_FIELDS = ("answers", "valid_from", "valid_until", "attachments", "disabled", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its answer; ``similar`` are other phrasings of the question.

    ``answer`` is the default; ``variants`` answer for a channel or a segment instead, in the order of their keys.
    Answers may hold variables (``knowledge_base.variables``). ``valid_from`` and ``valid_until`` are the first and last
    day on which it is served; the index keeps it on other days, and while it is ``disabled``. ``note`` is for editors.
    """

    id: EntryId
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    category: str = ""
    variants: tuple[Variant, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    attachments: tuple[Attachment, ...] = ()
    disabled: bool = False
    note: str = ""

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every stored way to ask it, the canonical question first."""
        return (self.question, *self.similar)

    def as_json(self) -> dict[str, object]:
        """As stored. What an entry does not use is left out, so entries without news look as they always did."""
        news: dict[str, object] = {
            "answers": {variant.audience.key: variant.answer for variant in self.variants},
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "disabled": self.disabled,
            "note": self.note,
        }
        return {
            "id": self.id,
            "category": self.category,
            "question": self.question,
            "similar": list(self.similar),
            "answer": self.answer,
            **{name: value for name, value in news.items() if value},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Entry:
        """The entry that ``as_json`` wrote, now or before there were variants.

        Raises ``ValueError`` (naming an unknown field and the cure), ``KeyError``, ``TypeError`` or
        ``AudienceUnreadable`` for anything else.
        """
        for name in raw:
            if name not in (*_OLD_FIELDS, *_NEW_FIELDS):
                raise ValueError(
                    f"unknown field {name!r}; use the version of this program that wrote it, or remove the field"
                )
        return cls(
            id=EntryId(str(raw["id"])),
            question=str(raw["question"]),
            answer=str(raw["answer"]),
            similar=tuple(str(text) for text in _list(raw, "similar", needed=True)),
            category=str(raw["category"]),
            variants=_variants(raw.get("answers", {})),
            valid_from=_date(raw.get("valid_from")),
            valid_until=_date(raw.get("valid_until")),
            attachments=tuple(map(_attachment, _list(raw, "attachments"))),
            disabled=_flag(raw.get("disabled", False)),
            note=str(raw.get("note", "")),
        )


def in_order(variants: Mapping[str, str]) -> tuple[Variant, ...]:
    """Answers by audience key as variants in their order; raises ``AudienceUnreadable``."""
    found = (Variant(audience=parse_audience(key), answer=answer) for key, answer in variants.items())
    return tuple(sorted(found, key=lambda variant: variant.audience.key))


def id_of_question(question: str) -> EntryId:
    """The id of an entry that came without one: the same question always gets the same id."""
    return EntryId("q-" + hashlib.sha256(tidy(question).encode()).hexdigest()[:12])


def _list(raw: Mapping[str, object], name: str, *, needed: bool = False) -> list[object]:
    value = raw[name] if needed else raw.get(name, [])
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list")
    return value


def _variants(raw: object) -> tuple[Variant, ...]:
    if not isinstance(raw, dict):
        raise TypeError("answers is not an object")
    return in_order({str(key): str(answer) for key, answer in raw.items()})


def _attachment(raw: object) -> Attachment:
    if not isinstance(raw, dict):
        raise TypeError("an attachment is not an object")
    return Attachment.from_json(raw)


def _date(raw: object) -> date | None:
    return None if raw is None else date.fromisoformat(str(raw))


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise TypeError("disabled is not true or false")
    return raw
