"""The platform's clock: real time plus an offset that others may read from a file."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


class OffsetClock:
    """Real time shifted by a number of seconds; the shift is kept in a file when one is named.

    This process is the file's only writer: the offset is read once at the start and written at each change.
    """

    def __init__(self, offset_file: Path | None = None, *, real: Callable[[], float] = time.time) -> None:
        self._file = offset_file
        self._real = real
        self._offset = 0.0 if offset_file is None else read_offset(offset_file)
        if offset_file is not None and not offset_file.exists():
            write_offset(offset_file, 0.0)

    @property
    def offset(self) -> float:
        """Seconds ahead of real time (negative: behind)."""
        return self._offset

    def epoch(self) -> float:
        """Now, in seconds since 1970."""
        return self._real() + self._offset

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.fromtimestamp(self.epoch(), UTC)

    def shift_to(self, offset: float) -> None:
        """Set the offset, the file first so that no reader is ahead of us."""
        if self._file is not None:
            write_offset(self._file, offset)
        self._offset = offset


def read_offset(path: Path) -> float:
    """The offset in a file; 0 when there is none. Raises ValueError when it holds no finite number."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return 0.0
    offset = float(text)
    if offset != offset or offset in (float("inf"), float("-inf")):
        raise ValueError(f"{path.name} holds no finite number")
    return offset


def write_offset(path: Path, offset: float) -> None:
    """Replace the file in one step, so that a reader sees the old value or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{offset!r}\n")
    Path(temporary).replace(path)
