"""What can be done with a message: the policy's possible decisions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHandler:
    """The handler of ``intent`` answers."""

    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """The knowledge base has to be asked before anything can be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWhich:
    """Not sure enough to do anything: the customer says whether it is one of ``intents``, best first, or a question."""

    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A guided conversation answers: the one that ``intent`` begins, or, None, the one under way."""

    intent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The handler of ``intent`` answers, and then the guided conversation goes on where it was."""

    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Another guided conversation is wished for in the middle of one: the customer says which comes first."""

    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveToPerson:
    """A person owns this conversation, or is about to: the bot keeps quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """We cannot read this kind of message and should say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseOffered:
    """The customer picked from what was offered. ``index`` counts from 0 and may be out of range."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Nothing to say and nothing to change."""


Step = (
    RunHandler
    | Consult
    | AskWhich
    | Guide
    | Beside
    | Switch
    | LeaveToPerson
    | Unsupported
    | ChooseOffered
    | Ignore
)
