"""Takes the events of a file: good rows go in, bad ones are kept beside the file with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from customers.events.csv_files import FileRefused, Line, RefusedRows, Table
from customers.events.csv_rows import EventRows, NotOne, RowRefused
from customers.events.event import CustomerEvent, EventKind
from customers.events.intake import EventIntake
from customers.identity.store import IdentityStore
from storage.database import Database
from storage.times import to_ms

AT_ONCE = 2_000
"""Rows of one transaction."""
SHOWN = 10
"""Refused rows that are told one by one."""

Progress = Callable[[int, int], None]
"""Rows done, and about how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """``account``: of an openid that is written without one."""

    path: Path
    source: str
    kind: EventKind | None = None
    account: str = ""


@dataclass(slots=True, kw_only=True)
class Imported:
    """Counts of rows. ``not_one``: rows in which the kind of event did not happen.

    ``repeated``: payments that say of the same order the same amount as the row before: very likely the order's total
    in each of its rows, which would count several times. ``first_refused``: the first of them. ``stopped``: why nothing
    was read from some line on; empty when the file was read to its end.
    """

    new: int = 0
    known: int = 0
    refused: int = 0
    not_one: int = 0
    repeated: int = 0
    refused_file: Path | None = None
    ignored: tuple[str, ...] = ()
    first_refused: tuple[RowRefused, ...] = ()
    stopped: str = ""

    @property
    def rows(self) -> int:
        return self.new + self.known + self.refused + self.not_one


class Importer:
    """Importing a file again, or what an import that was stopped had begun, takes nothing twice."""

    def __init__(self, database: Database, identities: IdentityStore, intake: EventIntake) -> None:
        self._database = database
        self._identities = identities
        self._intake = intake

    async def run(self, what: Importing, now: datetime, progress: Progress) -> Imported:
        """Raises FileRefused, HeaderRefused, OSError, and what the database raises."""
        table = Table(what.path)
        about, lines = table.rows(), table.lines()
        header = next(lines, None)
        if header is None:
            raise FileRefused(f"{what.path.name}: is empty; its first line should be the header")
        rows = EventRows(header.cells, source=what.source, kind=what.kind, account=what.account)
        done = Imported(ignored=rows.ignored)
        with ExitStack() as stack:
            refused = stack.enter_context(RefusedRows(what.path, header.cells))
            reading = _Reading(rows, refused, self._identities, now, done)
            for batch in _batches(lines, done):
                await self._take(reading.events(batch), now, done)
                progress(done.rows, about)
        done.refused_file = refused.path
        return done

    async def _take(self, events: list[CustomerEvent], now: datetime, done: Imported) -> None:
        async with self._database.writing() as connection:
            taken = await self._intake.take(connection, events, to_ms(now))
        done.new += taken.new
        done.known += taken.doubled


class _Reading:
    """Counts what does not become an event."""

    def __init__(
        self, rows: EventRows, refused: RefusedRows, identities: IdentityStore, now: datetime, done: Imported
    ) -> None:
        self._rows = rows
        self._refused = refused
        self._identities = identities
        self._now = now
        self._done = done
        self._last_paid: CustomerEvent | None = None

    def events(self, batch: Iterable[Line]) -> list[CustomerEvent]:
        return [event for line in batch if (event := self._event(line)) is not None]

    def _event(self, line: Line) -> CustomerEvent | None:
        read = self._rows.read(line.cells, line.number, self._now)
        if isinstance(read, CustomerEvent):
            if any(self._identities.key(name) is not None for name in read.who):
                self._notice(read)
                return read
            read = RowRefused(
                line=line.number,
                field="phone",
                problem="is the only name, and phone numbers are not kept without a key",
                cure="Set XIAOER_CUSTOMERS__KEY, or add mall_id",
            )
        if isinstance(read, NotOne):
            self._done.not_one += 1
            return None
        self._done.refused += 1
        if self._done.refused <= SHOWN:
            self._done.first_refused += (read,)
        self._refused.add(read, line.cells)
        return None

    def _notice(self, event: CustomerEvent) -> None:
        last = self._last_paid
        if event.kind is not EventKind.PAY:
            return
        self._last_paid = event
        if last is not None and event.event_id != last.event_id:
            same = (event.order_no, event.amount_fen) == (last.order_no, last.amount_fen)
            self._done.repeated += same


def _batches(lines: Iterator[Line], done: Imported) -> Iterator[list[Line]]:
    """What comes before a line that is not CSV goes in."""
    batch: list[Line] = []
    try:
        for line in lines:
            batch.append(line)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    except FileRefused as error:
        done.stopped = str(error)
    if batch:
        yield batch
