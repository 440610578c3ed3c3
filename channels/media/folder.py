"""The folder that files are kept in, each under the hash of its content."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path


class MediaFolder:
    """Names are made by us alone: nothing that a sender chose becomes part of a path."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def keep(self, content: bytes) -> str:
        """Writes ``content`` whole or not at all, and returns its name below the folder. Raises OSError."""
        return await asyncio.to_thread(self._keep, content)

    def path(self, name: str) -> Path:
        """Where ``keep`` put the file ``name``."""
        return self._root / name

    def _keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest[:2]}/{digest}"
        place = self.path(name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name
