"""Rows of a table become events as ``customers.events.wire.read_event`` takes them. Pure.

A row without an id of its own is named by what it says: the same row again, in whatever file and place, is the same
event, and two equal rows are one. Rows that say the same and yet are two things need a column ``id``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from customers.events.csv_cells import CellUnreadable, cleaned
from customers.events.csv_headers import REFUSED, Column, column_of
from customers.events.event import CustomerEvent, EventKind
from customers.events.stored import stored, told_to_json
from customers.events.wire import Refusal, read_event

_WHO = "who."
_ID_DIGITS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefused:
    """``line``: where the row begins in its file, from 1. ``field``: the header of the cell, where one is to blame."""

    line: int
    field: str
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.problem}. {self.cure}"


class HeaderRefused(ValueError):
    """No row under this header could become an event; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOne:
    """A row that says by an empty cell that this kind of event did not happen: an order that nobody paid."""


class EventRows:
    """``source``: whose events they are. ``kind``: of rows that do not say. ``account``: of an openid written alone."""

    def __init__(
        self, header: Sequence[str], *, source: str, kind: EventKind | None = None, account: str = ""
    ) -> None:
        """Raises HeaderRefused."""
        self._source = source
        self._kind = kind
        self._account = account
        self._header = tuple(cell.strip() for cell in header)
        found = {place: column for place, cell in enumerate(header) if (column := column_of(cell))}
        self._columns = _first_of_each(found)
        self.ignored = tuple(
            cell
            for place, cell in enumerate(self._header)
            if cell and cell.lower() != REFUSED and place not in self._columns
        )
        """Headers of columns that nothing is read of."""
        self._check()

    def read(self, cells: Sequence[str], line: int, now: datetime) -> CustomerEvent | RowRefused | NotOne:
        """``now``: aware."""
        if any(cell.strip() for cell in cells[len(self._header) :]):
            problem = f"has {len(cells)} cells, and the header has {len(self._header)}"
            return RowRefused(line=line, field="row", problem=problem, cure="Quote cells that hold commas")
        try:
            told = self._told(cells)
        except _Unreadable as error:
            return RowRefused(line=line, field=error.header, problem=error.problem, cure=error.cure)
        if told is None:
            return NotOne()
        event = read_event({"id": _NO_NAME, **told}, 0, self._source, now)
        if isinstance(event, Refusal):
            return self._refused(event, line)
        return event if "id" in told else replace(event, event_id=name_of(event))

    def _told(self, cells: Sequence[str]) -> dict[str, Any] | None:
        """The event in the wire format; None for none. Raises _Unreadable."""
        texts = {place: cleaned(cells[place]) if place < len(cells) else "" for place in self._columns}
        written = self._values(texts, ("kind",))
        kind = written.get("kind") or (self._kind.value if self._kind else "")
        if "kind" not in written and self._did_not_happen(texts, kind):
            return None
        told = _nested({**self._values(texts, None, kind), "kind": kind})
        who = told.get("who", {})
        if self._account and "openid" in who and ":" not in who["openid"]:
            who["openid"] = f"{self._account}:{who['openid']}"
        return told

    def _values(
        self, texts: Mapping[int, str], fields: tuple[str, ...] | None, kind: str = ""
    ) -> dict[str, Any]:
        """By field. A column of the event's own kind comes before one of any kind; other kinds' are not read."""
        values: dict[str, Any] = {}
        for place in sorted(texts, key=lambda place: self._columns[place].of is None):
            column, text = self._columns[place], texts[place]
            wanted = (fields is None or column.field in fields) and column.of in (None, kind)
            if text and wanted and column.field not in values:
                values[column.field] = self._value(place, text)
        return values

    def _value(self, place: int, text: str) -> Any:
        try:
            return self._columns[place].read(text)
        except CellUnreadable as error:
            raise _Unreadable(self._header[place], error) from error

    def _did_not_happen(self, texts: Mapping[int, str], kind: str) -> bool:
        """No time is told where the kind has a column for it, or no money."""
        own = {column.field: texts[place] for place, column in self._columns.items() if column.of == kind}
        if own.get("at") == "":
            return True
        amount = own.get("amount_fen")
        return amount is not None and (amount.strip("¥ 0.") == "" if amount else "at" not in own)

    def _check(self) -> None:
        fields = {column.field for column in self._columns.values()}
        kinds = {None, self._kind}
        timely = {c.field for c in self._columns.values() if c.of in kinds or "kind" in fields}
        if not any(field.startswith(_WHO) for field in fields):
            raise HeaderRefused(
                "no column says who: add one of mall_id (会员ID), phone (手机号), openid, unionid"
            )
        if "kind" not in fields and self._kind is None:
            raise HeaderRefused("no column says what happened: add kind (事件), or say --kind")
        if "at" not in timely:
            when = "at (时间)" if self._kind is None else f"at (时间), or the time of {self._kind.value}"
            raise HeaderRefused(f"no column says when it happened: add {when}")

    def _refused(self, refusal: Refusal, line: int) -> RowRefused:
        """Named by the header as the file has it, so that the cell can be found."""
        short = refusal.field.rpartition(".")[2]
        headers = [
            self._header[place]
            for place, column in self._columns.items()
            if column.field.rpartition(".")[2] == short and column.of in (None, self._kind)
        ]
        return RowRefused(
            line=line, field=(headers or [refusal.field])[0], problem=refusal.problem, cure=refusal.cure
        )


class _Unreadable(ValueError):
    def __init__(self, header: str, error: CellUnreadable) -> None:
        super().__init__(header)
        self.header = header
        self.problem = error.problem
        self.cure = error.cure


def name_of(event: CustomerEvent) -> str:
    """Of what an event says, however that was written: ``row-`` and 40 hexadecimal digits."""
    kept = stored(event)
    who = [[name.kind.value, name.value] for name in event.who]
    text = f"{kept.kind} {kept.at_ms} {orjson.dumps(who).decode()} {told_to_json(kept.told)}"
    return f"row-{hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]}"


_NO_NAME = "row"


def _first_of_each(columns: Mapping[int, Column]) -> dict[int, Column]:
    """By place. Of two columns that say the same, the first counts."""
    seen: set[tuple[str, EventKind | None]] = set()
    first = {}
    for place, column in sorted(columns.items()):
        if (column.field, column.of) not in seen:
            seen.add((column.field, column.of))
            first[place] = column
    return first


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field, value in values.items():
        group, stop, name = field.partition(".")
        if stop:
            told.setdefault(group, {})[name] = value
        else:
            told[field] = value
    return told
