"""The entries together with the history of their changes.

To publish is three steps under one lock: the new entries are laid ready beside the old ones, the revision is written
down, the new entries take their place. The revision decides: a crash before it was whole leaves the old state, a crash
after it is finished by whoever holds the lock next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from knowledge_base.editing.changes import Changes, changes_between, digest_of, digest_of_text
from knowledge_base.editing.revisions import Act, Gate, Revision, RevisionFile, state_at
from knowledge_base.entries import EntryFile
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError

FOUND = "在编辑器之外改动，或开始记录之前就有"


class EditConflict(KnowledgeBaseError):
    """Somebody published a change of the same entries since the editor began. Nothing was stored; the draft stays."""

    def __init__(self, base: int, revision: Revision, entries: Sequence[Entry]) -> None:
        self.revision = revision
        self.entry_ids = tuple(entry.id for entry in entries)
        names = "、".join(f"{entry.id}（{entry.question}）" for entry in entries)
        super().__init__(
            f"{names} 在第 {revision.number} 版由 {revision.who or '别人'} 改过，您是从第 {base} 版开始改的；"
            "没有保存，请对照新内容再改一次，草稿还在"
        )


class Ledger:
    """Entries in ``<path>/entries.jsonl``, their revisions in ``<path>/revisions.jsonl``."""

    def __init__(self, path: Path) -> None:
        self._store = EntryFile(path)
        self._revisions = RevisionFile(path / "revisions.jsonl")

    def revisions(self) -> tuple[Revision, ...]:
        """All revisions, oldest first; none before the first change that was published here."""
        return self._revisions.read()

    def entries(self) -> tuple[Entry, ...]:
        return self._store.read()

    @contextmanager
    def changing(self) -> Iterator[OpenLedger]:
        """Hold the lock of the entries; what a crash left unfinished is finished first. Not reentrant."""
        with self._store.changing():
            yield OpenLedger(self._store, self._revisions)


class OpenLedger:
    """The ledger while its lock is held."""

    def __init__(self, store: EntryFile, revisions: RevisionFile) -> None:
        self._store = store
        self._revisions = revisions
        self._recover()
        self.entries = store.read()
        self._note_outside()

    @property
    def number(self) -> int:
        """Of the newest revision; 0 without one."""
        last = self._revisions.last()
        return last.number if last else 0

    def publish(
        self,
        after: Sequence[Entry],
        *,
        act: Act,
        who: str,
        why: str,
        now: datetime,
        base: int | None = None,
        gate: Gate | None = None,
    ) -> Revision | None:
        """Make ``after`` the entries and write the revision; None when nothing is different.

        ``base``: the revision that the editor began from. Raises ``EditConflict`` when an entry that this changes was
        changed after it.
        """
        changes = changes_between(self.entries, after)
        if not changes:
            return None
        if self.number == 0 and self.entries:
            self._write_down(changes_between((), self.entries), Act.OUTSIDE, why=FOUND, at=self._changed_at())
        if base is not None:
            self._check(base, changes)
        self._store.lay_ready(after)
        revision = self._write_down(
            changes, act, who=who, why=why, at=now, gate=gate, digest=digest_of(after)
        )
        self._store.take_laid()
        self.entries = tuple(after)
        return revision

    def state_at(self, number: int) -> tuple[Entry, ...]:
        """The entries as revision ``number`` left them. Raises ``NoSuchRevision``."""
        return state_at(self._revisions.read(), number)

    def _check(self, base: int, changes: Changes) -> None:
        touched = {change.entry_id for change in changes.entries}
        for revision in reversed(self._revisions.read()):
            if revision.number <= base:
                return
            same = [change.entry for change in revision.changes.entries if change.entry_id in touched]
            if same:
                raise EditConflict(base, revision, same)

    def _recover(self) -> None:
        self._revisions.mend()
        laid, last = self._store.laid(), self._revisions.last()
        if laid is not None and last is not None and digest_of_text(laid) == last.digest:
            self._store.take_laid()
        elif laid is not None:
            self._store.drop_laid()

    def _note_outside(self) -> None:
        last = self._revisions.last()
        if last is None or last.digest == digest_of(self.entries):
            return
        changes = changes_between(state_at(self._revisions.read(), last.number), self.entries)
        self._write_down(changes, Act.OUTSIDE, why=FOUND, at=self._changed_at())

    def _write_down(
        self,
        changes: Changes,
        act: Act,
        *,
        why: str,
        at: datetime,
        who: str = "",
        gate: Gate | None = None,
        digest: str | None = None,
    ) -> Revision:
        revision = Revision(
            number=self.number + 1,
            at=at,
            who=who,
            why=why,
            act=act,
            changes=changes,
            digest=digest or digest_of(self.entries),
            gate=gate,
        )
        self._revisions.append(revision)
        return revision

    def _changed_at(self) -> datetime:
        return datetime.fromtimestamp(self._store.changed_at(), UTC)


def without(entries: Sequence[Entry], removed: Sequence[EntryId]) -> tuple[Entry, ...]:
    """The entries without some; raises ``KnowledgeBaseError`` naming one that is not there."""
    missing = set(removed) - {entry.id for entry in entries}
    if missing:
        raise KnowledgeBaseError(f"没有编号为 {min(missing)} 的条目")
    return tuple(entry for entry in entries if entry.id not in removed)
