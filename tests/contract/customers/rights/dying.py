"""A process that erases a customer and dies (SIGKILL) before the commit: ``python -m … DATABASE MEDIA CUSTOMER``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from customers.rights.erasing import Erased, Eraser
from storage.database import Database
from storage.settings import DatabaseSettings


async def _dies(_: AsyncConnection, __: Erased) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, media: str, customer: str) -> None:
    eraser = Eraser(Database(DatabaseSettings(url=url)), Path(media))
    await eraser.erase(int(customer), datetime.now(UTC), _dies)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
