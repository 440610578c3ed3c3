"""Tries a change before it is published, and shows what would be said. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from conversations.address import Channel
from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Decision, Refuse, Verdict
from knowledge_base.editing.asking import KnownVectors, Progress, ask, index_of
from knowledge_base.editing.trial import Trial, Tried, judge_trial, outcome_of, said_by
from knowledge_base.editing.trial_questions import TrialQuestion, same_ranking, trial_questions
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.manifest import VersionId
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.searching import Asked, judge_asked
from knowledge_base.serving import Asker, answer_for, served_decision
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
        self._sheet_of: VersionId | None = None
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

        Phrasings keep their vectors. Where the change cannot move any ranking, what ``live`` says is what ``after``
        says, and only the questions that were never asked are asked.
        """
        before = tuple(live.entries) if live is not None else ()
        questions = trial_questions(before, after, log)
        if live is not None:
            self._embedder.take_over(live)
        if live is None or live.version != self._sheet_of:
            self._sheet, self._sheet_of = {}, live.version if live else None
            self._fitted = self._policy.fitted_to(live)
        unknown = [key for question in questions if (key := _key(question)) not in self._sheet]
        ranks_alike = same_ranking(before, after)
        total = len(unknown) + (0 if ranks_alike else len(questions))
        count = iter(range(1, total + 1))

        def step() -> None:
            progress(next(count), total)

        self._sheet.update(zip(unknown, self._ask(live, unknown, step), strict=True))
        was = {key: self._sheet[key] for key in map(_key, questions)}
        now = was if ranks_alike else self._ask_anew(after, questions, step)
        tried = list(_compare(questions, (before, was), (after, now), today))
        return judge_trial(tried, judged=total)

    def _ask_anew(
        self, after: Sequence[Entry], questions: Sequence[TrialQuestion], step: Callable[[], None]
    ) -> Mapping[_Key, Verdict]:
        keys = list(map(_key, questions))
        with index_of(after, self._embedder) as index:
            return dict(zip(keys, self._ask(index, keys, step), strict=True))

    def _ask(
        self, index: IndexVersion | None, keys: Sequence[_Key], step: Callable[[], None]
    ) -> list[Verdict]:
        return ask(index, keys, self._embedder, self._fitted, step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a customer would get. ``text``: the answer, filled in as for somebody unknown; None when none is given."""

    verdict: Verdict
    decision: Decision
    text: str | None


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
        """What each would say to ``text``, and why; of one that says nothing what it would say were all served."""
        asked = Asked(text=text, asker=Asker(today=today, channel=channel, segments=tuple(segments)))

        def said(index: IndexVersion) -> Said:
            served, every = judge_asked([asked, Asked(text=text)], index, self._embedder, self._policy)
            decision = as_said(served, index, channel, segments, today).decision
            verdict = every if isinstance(decision, Refuse) else served
            answer = decision.candidate.answer if isinstance(decision, Answer) else None
            return Said(verdict=verdict, decision=decision, text=answer)

        return TryOut(text=text, live=said(self._live) if self._live else None, draft=said(self._draft))


@contextmanager
def index_in_use(
    live: IndexVersion | None, entries: Sequence[Entry], embedder: Embedder
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
        with index_of(entries, known) as index:
            yield index


@contextmanager
def panel(
    live: IndexVersion | None, draft_entries: Sequence[Entry], embedder: Embedder, policy: Policy
) -> Iterator[Panel]:
    """A panel to try questions on; its index is built once and gone with the block."""
    known = KnownVectors(embedder)
    if live is not None:
        known.take_over(live)
    with index_of(draft_entries, known) as draft:
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


def as_said(
    verdict: Verdict, index: IndexVersion, channel: Channel | None, segments: Sequence[str], today: date
) -> Verdict:
    """The verdict with what is said today: without entries that are not served, the answer that fits, filled in as for
    somebody unknown.
    """
    decision = served_decision(verdict.decision, index.entry, today)
    if isinstance(decision, Answer):
        entry = index.entry(decision.candidate.entry_id)
        answer = answer_for(entry, channel, segments, today) if entry else None
        said = render(answer or decision.candidate.answer, {})
        decision = Answer(candidate=replace(decision.candidate, answer=said))
    return replace(verdict, decision=decision)


def _key(question: TrialQuestion) -> _Key:
    return question.tidied, question.entry_id


def _compare(
    questions: Sequence[TrialQuestion],
    then: tuple[Sequence[Entry], Mapping[_Key, Verdict]],
    later: tuple[Sequence[Entry], Mapping[_Key, Verdict]],
    today: date,
) -> Iterator[Tried]:
    (before, was), (after, now) = then, later
    old, new = {str(e.id): e for e in before}, {str(e.id): e for e in after}
    for question in questions:
        said_then = served_decision(was[_key(question)].decision, old.get, today)
        said_now = served_decision(now[_key(question)].decision, new.get, today)
        yield Tried(
            text=question.text,
            source=question.source,
            entry_id=question.entry_id,
            was=outcome_of(said_then, question.right_before),
            now=outcome_of(said_now, question.right_after),
            said=said_by(said_now),
        )
