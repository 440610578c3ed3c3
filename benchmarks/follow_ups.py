"""Second questions that lean on the first: ``python -m benchmarks.follow_ups [--conversations FILE] [--wrong]``.

Conversations of two questions (``tests/held_out/follow_ups.jsonl``). The second one is judged with the first one's
entry as what was answered before it, and without it, as the bot does: what small talk and the other handlers take never
reaches the knowledge base. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import share
from intents.fallback import FallbackClassifier
from intents.understanding import FAQ
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Answer, Ask, Verdict
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import EntryId
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import Asked, judge_asked

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "knowledge_base" / "example_shop"
HELD_OUT = ROOT / "tests" / "held_out" / "follow_ups.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """``before``: entries that answer the first question; ``ids``: those that answer the second, none: nothing may."""

    before: tuple[EntryId, ...]
    then: str
    ids: frozenset[str]
    kind: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=Path, default=HELD_OUT)
    parser.add_argument("--max-wrong-rate", type=float, default=0.02)
    parser.add_argument(
        "--wrong", action="store_true", help="list the second questions that were not answered rightly"
    )
    arguments = parser.parse_args()
    conversations = [
        _conversation(line) for line in arguments.conversations.read_text("utf-8").split("\n") if line
    ]
    embedder = open_embedder("default", threads=1)
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=arguments.max_wrong_rate)
    with tempfile.TemporaryDirectory() as folder:
        index = _shop(Path(folder), embedder)
        reached = asyncio.run(_reach_the_knowledge_base([each.then for each in conversations]))
        verdicts = {
            name: judge_asked(
                [Asked(text=each.then, previous=each.before[0] if known else None) for each in conversations],
                index,
                embedder,
                policy,
            )
            for name, known in (("without", False), ("with", True))
        }
    figures: dict[str, object] = {
        name: _figures(
            conversations, [each if there else None for each, there in zip(found, reached, strict=True)]
        )
        for name, found in verdicts.items()
    }
    if arguments.wrong:
        figures["not_right"] = [
            f"{each.kind} {each.before[0]} | {each.then} | {sorted(each.ids)}: {_said(alone)} -> {_said(led)}"
            for each, alone, led, there in zip(
                conversations, verdicts["without"], verdicts["with"], reached, strict=True
            )
            if _outcome(each, led if there else None) not in ("right", "kept_quiet")
        ]
    print(json.dumps({"benchmark": "follow_ups", **figures}, ensure_ascii=False, indent=1))


def _conversation(line: str) -> Conversation:
    raw = json.loads(line)
    return Conversation(
        before=tuple(map(EntryId, raw["first_ids"])),
        then=raw["then"],
        ids=frozenset(raw["ids"]),
        kind=raw["kind"],
    )


def _shop(folder: Path, embedder: Embedder) -> IndexVersion:
    entries = plan_import((), read_files(sorted(SHOP.glob("*.yml"))).drafts).entries
    shelf = Shelf(folder)
    return IndexVersion.open(
        shelf.folder(build_index(shelf, entries, embedder, lambda done, of: None).version)
    )


async def _reach_the_knowledge_base(texts: Sequence[str]) -> list[bool]:
    rules = FallbackClassifier()
    return [(await rules.parse(text)).intent == FAQ for text in texts]


def _figures(conversations: Sequence[Conversation], verdicts: Sequence[Verdict | None]) -> dict[str, object]:
    kinds: dict[str, list[str]] = {}
    for each, verdict in zip(conversations, verdicts, strict=True):
        kinds.setdefault(each.kind, []).append(_outcome(each, verdict))
    return {
        kind: {"conversations": len(outcomes)}
        | {name: share(outcomes.count(name), len(outcomes)) for name in sorted(set(outcomes))}
        for kind, outcomes in kinds.items()
    }


def _outcome(conversation: Conversation, verdict: Verdict | None) -> str:
    """``asked``: with the right entry among those shown; ``asked_beside``: without it."""
    if verdict is None:
        return "refused" if conversation.ids else "kept_quiet"
    match verdict.decision:
        case Answer(candidate=candidate):
            return "right" if candidate.entry_id in conversation.ids else "wrong"
        case Ask(candidates=candidates):
            shown = conversation.ids & {each.entry_id for each in candidates}
            return "asked" if shown else "asked_beside"
        case _:
            return "refused" if conversation.ids else "kept_quiet"


def _said(verdict: Verdict) -> str:
    match verdict.decision:
        case Answer(candidate=candidate):
            return f"={candidate.entry_id}"
        case Ask(candidates=candidates):
            return "?" + ",".join(each.entry_id for each in candidates)
        case _:
            return "-"


if __name__ == "__main__":
    main()
