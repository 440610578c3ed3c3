"""Tries a change before it is published, and shows what would be said. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from conversations.address import Channel
from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Decision, Refuse, Verdict
from knowledge_base.editing.asking import KnownVectors, Progress, ask, index_of
from knowledge_base.editing.trial import Trial, Tried, judge_trial, outcome_of, said_by
from knowledge_base.editing.trial_questions import TrialQuestion, change_between, trial_questions
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.manifest import VersionId
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.searching import Asked, judge_asked
from knowledge_base.serving import Asker, answer_for
from knowledge_base.variables import render

_Key = tuple[str, EntryId | None]


def _no_progress(done: int, total: int) -> None:
    pass


class Trials:
    """Keeps what it found for the index in use, and every vector, so that the next trial takes half as long."""

    def __init__(self, embedder: Embedder, policy: Policy) -> None:
        self._embedder = KnownVectors(embedder)
        self._policy = policy
        self._sheet: dict[_Key, Verdict] = {}
        self._sheet_of: tuple[VersionId | None, date] | None = None
        self._fitted = policy

    @property
    def identity(self) -> str:
        """The embedder's."""
        return self._embedder.identity

    def run(
        self,
        live: IndexVersion | None,
        after: Sequence[Entry],
        log: Sequence[LabelledQuestion] = (),
        *,
        today: date,
        progress: Progress = _no_progress,
    ) -> Trial:
        """Ask ``live`` (None: there is no index yet) and an index of ``after`` every question, and compare.

        Asked is as customers do who get the default answers ``today``, and without a reranker. Phrasings keep their
        vectors. A question that the change cannot concern gets of ``after`` what it gets of ``live``.
        """
        before = tuple(live.entries) if live is not None else ()
        questions = trial_questions(before, after, log)
        asker = Asker(today=today)
        self._use(live, today)
        change = change_between(before, after, asker)
        unknown = [key for question in questions if (key := _key(question)) not in self._sheet]
        done = iter(range(1, len(unknown) + len(questions) + 1))
        most = len(unknown) + (len(questions) if change.any else 0)
        self._sheet.update(
            zip(unknown, self._ask(live, unknown, asker, lambda: progress(next(done), most)), strict=True)
        )
        was = {key: self._sheet[key] for key in map(_key, questions)}
        concerned = [key for key, verdict in was.items() if change.concerns(verdict)]
        total = len(unknown) + len(concerned)
        now = dict(was)
        if concerned:
            with index_of(after, self._embedder, wording_counts=self._policy.wording_counts) as index:
                anew = self._ask(index, concerned, asker, lambda: progress(next(done), total))
            now.update(zip(concerned, anew, strict=True))
        return judge_trial([_tried(question, was, now) for question in questions], judged=total)

    def _use(self, live: IndexVersion | None, today: date) -> None:
        sheet_of = (live.version if live else None, today)
        if live is not None:
            self._embedder.take_over(live)
        if sheet_of != self._sheet_of:
            self._sheet, self._sheet_of = {}, sheet_of
            self._fitted = self._policy.fitted_to(live)

    def _ask(
        self, index: IndexVersion | None, keys: Sequence[_Key], asker: Asker, step: Callable[[], None]
    ) -> list[Verdict]:
        return ask(index, keys, self._embedder, self._fitted, asker, step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a customer would get. ``decision``: what is said; ``verdict``: its grounds, and where nothing is said, what
    it would be if every entry were served. ``text``: the answer, filled in as for somebody unknown; None when none is
    given.
    """

    verdict: Verdict
    decision: Decision
    text: str | None

    @property
    def withheld(self) -> bool:
        """Whether there is something to say, but not to them today."""
        return isinstance(self.decision, Refuse) and not isinstance(self.verdict.decision, Refuse)


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOut:
    """``live`` None: nothing is live yet."""

    text: str
    live: Said | None
    draft: Said

    @property
    def differs(self) -> bool:
        """Whether the customer would notice."""
        if self.live is None:
            return True
        return (said_by(self.live.decision), self.live.text) != (
            said_by(self.draft.decision),
            self.draft.text,
        )


class Panel:
    """Two knowledge bases side by side: what is live, and what an editor has in mind."""

    def __init__(
        self, live: IndexVersion | None, draft: IndexVersion, embedder: Embedder, policy: Policy
    ) -> None:
        self._live = live
        self._draft = draft
        self._embedder = embedder
        self._policy = policy

    def try_out(
        self, text: str, *, today: date, channel: Channel | None = None, segments: Sequence[str] = ()
    ) -> TryOut:
        """What each would say to ``text``, and why."""
        asker = Asker(today=today, channel=channel, segments=tuple(segments))
        asked = [Asked(text=text, asker=asker), Asked(text=text)]

        def said(index: IndexVersion) -> Said:
            served, every = judge_asked(asked, index, self._embedder, self._policy)
            return said_to(asker, served, every, index.entry)

        return TryOut(text=text, live=said(self._live) if self._live else None, draft=said(self._draft))


@contextmanager
def index_in_use(
    live: IndexVersion | None, entries: Sequence[Entry], embedder: Embedder, policy: Policy
) -> Iterator[IndexVersion | None]:
    """``live`` where it holds just these entries, else an index of them for as long as the block; None of no entries.

    The index in use may lag behind the stored entries: a trial compares with what is stored.
    """
    if live is not None and tuple(live.entries) == tuple(entries):
        yield live
    elif not entries:
        yield None
    else:
        known = KnownVectors(embedder)
        if live is not None:
            known.take_over(live)
        with index_of(entries, known, wording_counts=policy.wording_counts) as index:
            yield index


@contextmanager
def panel(
    live: IndexVersion | None, draft_entries: Sequence[Entry], embedder: Embedder, policy: Policy
) -> Iterator[Panel]:
    """A panel to try questions on; its index is built once and gone with the block."""
    known = KnownVectors(embedder)
    if live is not None:
        known.take_over(live)
    with index_of(draft_entries, known, wording_counts=policy.wording_counts) as draft:
        yield Panel(live, draft, known, policy.fitted_to(live))


def try_out(
    text: str,
    live: IndexVersion | None,
    draft_entries: Sequence[Entry],
    embedder: Embedder,
    policy: Policy,
    *,
    today: date,
    channel: Channel | None = None,
    segments: Sequence[str] = (),
) -> TryOut:
    """One question on a panel; for several use ``panel``."""
    with panel(live, draft_entries, embedder, policy) as opened:
        return opened.try_out(text, today=today, channel=channel, segments=segments)


def said_to(asker: Asker, served: Verdict, every: Verdict, entry_of: Callable[[str], Entry | None]) -> Said:
    """``served``: the verdict on what they ask; ``every``: that on the same, every entry counting; ``entry_of`` knows
    entries by id. An entry that went meanwhile says what it said.
    """
    decision, text = served.decision, None
    if isinstance(decision, Answer):
        entry = entry_of(decision.candidate.entry_id)
        found = answer_for(entry, asker.channel, asker.segments, asker.today) if entry else None
        text = render(found or decision.candidate.answer, {})
    verdict = every if isinstance(decision, Refuse) else served
    return Said(verdict=verdict, decision=decision, text=text)


def _key(question: TrialQuestion) -> _Key:
    return question.tidied, question.entry_id


def _tried(question: TrialQuestion, was: Mapping[_Key, Verdict], now: Mapping[_Key, Verdict]) -> Tried:
    then, later = was[_key(question)].decision, now[_key(question)].decision
    return Tried(
        text=question.text,
        source=question.source,
        entry_id=question.entry_id,
        was=outcome_of(then, question.right_before),
        now=outcome_of(later, question.right_after),
        said=said_by(later),
    )
