"""The chain: the hash of an entry covers everything in it and the hash of the entry before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BEGINNING = "0" * 64
"""What the first entry has in place of the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody did. ``actor`` is a login name; ``act`` a stable word such as ``person.disabled``.

    ``subject`` is whom or what it was done to (``account:7``). ``details`` hold no personal data of customers and no
    secrets, for they can never be removed. ``address`` is where the request came from, empty for commands.
    """

    actor: str
    act: str
    subject: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as it is stored; ``details`` is canonical JSON. ``at_ms``: ms since 1970 UTC."""

    seq: int
    at_ms: int
    actor: str
    act: str
    subject: str
    details: str
    address: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``entries`` are as they were written, up to ``last_hash``; ``problem``: what is wrong with the next."""

    entries: int
    problem: str = ""
    last_hash: str = BEGINNING


def canonical(value: Mapping[str, object]) -> str:
    """JSON in one form only: keys sorted, no blanks, characters as they are. Raises TypeError or ValueError."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def next_entry(act: Act, *, before: Entry | None, at_ms: int) -> Entry:
    """The entry for ``act`` that follows ``before`` (None: the log is empty)."""
    seq = 1 if before is None else before.seq + 1
    prev_hash = BEGINNING if before is None else before.hash
    details = canonical(act.details)
    return Entry(
        seq=seq,
        at_ms=at_ms,
        actor=act.actor,
        act=act.act,
        subject=act.subject,
        details=details,
        address=act.address,
        prev_hash=prev_hash,
        hash=_hash(seq, at_ms, act.actor, act.act, act.subject, details, act.address, prev_hash),
    )


def verify(entries: Iterable[Entry], *, begin: Verdict | None = None) -> Verdict:
    """Reads on from ``begin``, the verdict on the entries before; stops at the first that is not as it was written."""
    so_far = begin or Verdict(entries=0)
    count, last = so_far.entries, so_far.last_hash
    for entry in entries:
        problem = _problem(entry, seq=count + 1, prev_hash=last)
        if problem:
            return Verdict(entries=count, problem=problem, last_hash=last)
        count, last = entry.seq, entry.hash
    return Verdict(entries=count, last_hash=last)


def _problem(entry: Entry, *, seq: int, prev_hash: str) -> str:
    if entry.seq != seq:
        return f"entry {seq} is missing"
    if entry.prev_hash != prev_hash:
        return f"entry {seq} does not follow the entry before it"
    fields = (entry.seq, entry.at_ms, entry.actor, entry.act, entry.subject, entry.details, entry.address)
    if _hash(*fields, entry.prev_hash) != entry.hash:
        return f"entry {seq} was changed after it was written"
    return ""


def _hash(
    seq: int, at_ms: int, actor: str, act: str, subject: str, details: str, address: str, prev_hash: str
) -> str:
    covered = canonical(
        {
            "seq": seq,
            "at_ms": at_ms,
            "actor": actor,
            "act": act,
            "subject": subject,
            "details": details,
            "address": address,
            "prev_hash": prev_hash,
        }
    )
    return hashlib.sha256(covered.encode()).hexdigest()
