"""Reads the files of an evaluation: entries, labelled questions, questions out of scope; writes the decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge_base.decision import Answer, Ask, Decision, Refuse
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.evaluation import Judged, Question


class EvaluationFileBroken(KnowledgeBaseError):
    """A line of an evaluation file cannot be used."""


def read_entries(path: Path) -> list[Entry]:
    """Lines ``{"id", "question"[, "answer", "similar"]}``; ``similar`` is a list, or a text with ``|`` between
    phrasings.
    """
    entries: dict[EntryId, Entry] = {}
    for line, raw in _objects(path):
        if not _is_name(raw.get("id")) or not isinstance(raw.get("question"), str):
            raise _broken(path, line, "needs id and question")
        entry_id = EntryId(str(raw["id"]))
        if entry_id in entries:
            raise _broken(path, line, f"id {entry_id} appears twice")
        similar = raw.get("similar") or []
        phrasings = similar.split("|") if isinstance(similar, str) else similar
        if not isinstance(phrasings, list):
            raise _broken(path, line, "similar must be a list or a text")
        entries[entry_id] = Entry(
            id=entry_id,
            question=str(raw["question"]),
            answer=str(raw.get("answer") or ""),
            similar=tuple(str(text).strip() for text in phrasings if str(text).strip()),
        )
    return list(entries.values())


def read_questions(path: Path) -> list[Question]:
    """Lines ``{"query", "ids": […]}``."""
    return [
        Question(text=_query(path, line, raw), expected=frozenset(_ids(path, line, raw)))
        for line, raw in _objects(path)
    ]


def read_out_of_scope(path: Path) -> list[Question]:
    """Lines ``{"query", "kind"}``."""
    return [
        Question(text=_query(path, line, raw), expected=frozenset(), kind=str(raw.get("kind", "")))
        for line, raw in _objects(path)
    ]


def write_decisions(path: Path, judged: Sequence[Judged]) -> None:
    """One line a question: what was decided, the ranked ids with scores, the probability that the first is right."""
    with path.open("w", encoding="utf-8") as file:
        for each in judged:
            file.write(json.dumps(decision_line(each), ensure_ascii=False) + "\n")


def decision_line(judged: Judged) -> dict[str, object]:
    verdict = judged.verdict
    return {
        "query": judged.question.text,
        "kind": judged.question.kind,
        "expected": sorted(judged.question.expected),
        "decision": decision_name(verdict.decision),
        "rule": verdict.rule.value,
        "probability": round(verdict.probability, 6),
        "shown": shown_ids(verdict.decision),
        "ranked": [
            {"id": candidate.entry_id, "score": round(candidate.score, 6)} for candidate in verdict.ranked
        ],
    }


def decision_name(decision: Decision) -> str:
    """``answer``, ``ask`` or ``refuse``."""
    match decision:
        case Answer():
            return "answer"
        case Ask():
            return "ask"
        case Refuse():
            return "refuse"


def shown_ids(decision: Decision) -> list[str]:
    """The entries that the customer gets to see."""
    match decision:
        case Answer(candidate=candidate):
            return [candidate.entry_id]
        case Ask(candidates=candidates):
            return [candidate.entry_id for candidate in candidates]
        case Refuse():
            return []


def _objects(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise EvaluationFileBroken(f"{path}: cannot be read ({exc})") from exc
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            raw = json.loads(content)
        except (ValueError, RecursionError) as exc:
            raise _broken(path, line, "not JSON") from exc
        if not isinstance(raw, dict):
            raise _broken(path, line, "not a JSON object")
        yield line, raw


def _query(path: Path, line: int, raw: dict[str, object]) -> str:
    query = raw.get("query")
    if not isinstance(query, str):
        raise _broken(path, line, "needs query")
    return query


def _ids(path: Path, line: int, raw: dict[str, object]) -> list[str]:
    ids = raw.get("ids")
    if not isinstance(ids, list) or not ids or not all(map(_is_name, ids)):
        raise _broken(path, line, "needs ids, a list of at least one")
    return [str(id_) for id_ in ids]


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _broken(path: Path, line: int, reason: str) -> EvaluationFileBroken:
    return EvaluationFileBroken(f"{path}:{line}: {reason}")
