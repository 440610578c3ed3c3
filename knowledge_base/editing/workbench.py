"""Tries and publishes changes: the ledger, trials and the index behind one door, for console and commands. Blocking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.answering import Policy
from knowledge_base.editing.asking import Progress
from knowledge_base.editing.checkup import NEAR, Checkup, check_up
from knowledge_base.editing.drafts import DraftFolder, SavedDraft, check_draft
from knowledge_base.editing.ledger import Ledger, OpenLedger, without
from knowledge_base.editing.revisions import Act, Revision
from knowledge_base.editing.trial import Permission, Trial, gate_of, may_publish
from knowledge_base.editing.trying import Panel, Trials, index_in_use, panel
from knowledge_base.embedder.port import Embedder
from knowledge_base.embedders import Embedders
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.importing.planning import plan_import
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.manifest import VersionId
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.serving import day_in_china
from knowledge_base.settings import KnowledgeBaseSettings

Change = Callable[[tuple[Entry, ...]], Sequence[Entry]]
"""From the stored entries to those that are wanted; raises ``KnowledgeBaseError`` when that cannot be."""

Bars = Callable[[str], AbstractContextManager[Progress]]
"""Shows how far a long step is; told what it is."""


class ChangeRefused(KnowledgeBaseError):
    """A draft cannot become an entry. ``reasons``: each with its cure."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who wants what, and why. ``what`` stands in the revision where no reason is given. ``gate``: try it first.
    ``base``: the revision that the editor began from.
    """

    act: Act
    who: str
    reason: str
    now: datetime
    what: str = ""
    gate: bool = True
    build: bool = True
    base: int | None = None
    log: Sequence[LabelledQuestion] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """``revision`` None: refused, or nothing was different. ``trial`` and ``permission`` None: not tried."""

    published: bool
    entries: tuple[Entry, ...]
    revision: Revision | None = None
    trial: Trial | None = None
    permission: Permission | None = None
    index: Built | None = None


def _no_bars(what: str) -> AbstractContextManager[Progress]:
    return nullcontext(lambda done, total: None)


class Workbench:
    """May be shared by threads: trials take their turns. Keeps what trials found, so that the next is quicker."""

    def __init__(
        self,
        settings: KnowledgeBaseSettings,
        embedders: Embedders,
        policy: Policy,
        bars: Bars = _no_bars,
    ) -> None:
        self._settings = settings
        self._embedders = embedders
        self._trials: Trials | None = None
        self._policy = policy
        self._bars = bars
        self._shelf = Shelf(settings.path)
        self._turn = threading.RLock()
        self._live: tuple[VersionId, IndexVersion] | None = None
        self.ledger = Ledger(settings.path)
        self.drafts = DraftFolder(settings.path)

    def try_change(self, change: Change, *, now: datetime, log: Sequence[LabelledQuestion] = ()) -> Trial:
        """What the change would do to questions; nothing is stored."""
        before = self.stored()
        return self._try(before, tuple(change(before)), log, now)

    def publish(self, change: Change, request: Request) -> Publication:
        """Raises what ``change`` raises, and ``EditConflict``."""
        with self.ledger.changing() as opened:
            return self.publish_in(opened, tuple(change(opened.entries)), request)

    def rollback(self, number: int, request: Request) -> Publication:
        """The entries as revision ``number`` left them. Raises ``NoSuchRevision``."""
        with self.ledger.changing() as opened:
            return self.publish_in(opened, opened.state_at(number), request)

    def publish_in(self, opened: OpenLedger, after: tuple[Entry, ...], request: Request) -> Publication:
        """For callers that hold the lock already."""
        trial = permission = None
        if request.gate:
            trial = self._try(opened.entries, after, request.log, request.now)
            permission = may_publish(trial, request.reason)
            if not permission.granted:
                return Publication(
                    published=False, entries=opened.entries, trial=trial, permission=permission
                )
        revision = opened.publish(
            after,
            act=request.act,
            who=request.who,
            why=request.reason.strip() or request.what,
            now=request.now,
            base=request.base,
            gate=gate_of(trial) if trial else None,
        )
        return Publication(
            published=True,
            entries=after,
            revision=revision,
            trial=trial,
            permission=permission,
            index=self.build(after, request.log or None) if request.build else None,
        )

    def check_up(self, *, now: datetime, near: float = NEAR) -> Checkup | None:
        """None when there are no entries."""
        # Entries first: publishing takes the file's lock before its turn, and so must everybody.
        entries = self.stored()
        with self._turn, self._index_of(entries) as index, self._bars("检查") as progress:
            if index is None:
                return None
            return check_up(index, today=day_in_china(now), near=near, progress=progress)

    @contextmanager
    def panel(self, change: Change) -> Iterator[Panel]:
        """What is live next to what the change would say."""
        after = tuple(change(self.stored()))
        with self._turn, panel(self.live(), after, self._embedder, self._policy) as opened:
            yield opened

    def build(
        self,
        entries: Sequence[Entry],
        labels: Sequence[LabelledQuestion] | None = None,
        embedder: Embedder | None = None,
        reranker: str | None = None,
    ) -> Built:
        """Build the index of the stored ``entries``, calibrated on ``labels`` (None: those of the index in use),
        embedded by ``embedder`` (None: the one in use), with the tuned ``reranker`` (None: that of the index in use;
        "": none); only while the ledger is open.
        """
        embedder = embedder or self._embedder
        with self._turn, self._bars("计算向量") as progress:
            return build_index(
                self._shelf,
                entries,
                embedder,
                progress,
                keep_versions=self._settings.keep_versions,
                labels=labels,
                calibration=self._embedders.calibration(embedder),
                reranker=reranker,
            )

    def stored(self) -> tuple[Entry, ...]:
        """The stored entries, after what a crash left unfinished is finished."""
        with self.ledger.changing() as opened:
            return opened.entries

    def live(self) -> IndexVersion | None:
        """The index in use; None when there is none that this embedder can be asked about."""
        version = self._shelf.current()
        if version is None:
            return None
        if self._live is None or self._live[0] != version:
            try:
                opened = IndexVersion.open(
                    self._shelf.folder(version), wording_counts=self._policy.wording_counts
                )
                self._live = (version, opened)
            except KnowledgeBaseError:
                return None
        index = self._live[1]
        return index if index.manifest.embedder == self._embedder.identity else None

    def _try(
        self,
        before: tuple[Entry, ...],
        after: tuple[Entry, ...],
        log: Sequence[LabelledQuestion],
        now: datetime,
    ) -> Trial:
        with self._turn, self._index_of(before) as index, self._bars("试运行") as progress:
            if self._trials is None or self._trials.identity != self._embedder.identity:
                self._trials = Trials(self._embedder, self._policy)
            return self._trials.run(index, after, log, today=day_in_china(now), progress=progress)

    def _index_of(self, entries: Sequence[Entry]) -> AbstractContextManager[IndexVersion | None]:
        return index_in_use(self.live(), entries, self._embedder, self._policy)

    @property
    def _embedder(self) -> Embedder:
        return self._embedders.in_use()


def put(draft: SavedDraft) -> Change:
    """The change that makes a draft an entry, a new one or another version of its own. Raises ``ChangeRefused``."""

    def change(entries: tuple[Entry, ...]) -> Sequence[Entry]:
        checked = check_draft(draft)
        if isinstance(checked, list):
            raise ChangeRefused(checked)
        plan = plan_import(entries, [checked])
        if plan.problems:
            raise ChangeRefused([problem.reason for problem in plan.problems])
        return plan.entries

    return change


def remove(ids: Sequence[EntryId]) -> Change:
    """The change that takes entries away."""
    return lambda entries: without(entries, ids)
