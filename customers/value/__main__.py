"""``python -m customers.value``: fits once. A ``Task`` as JSON on standard input; a ``Fitted`` on standard output."""

from __future__ import annotations

import asyncio
import os
import sys

from customers.value.job import fit_value
from customers.value.task import Fitted, Task
from storage.database import Database

_NICE = 10


def main() -> None:
    task = Task.model_validate_json(sys.stdin.read())
    os.nice(_NICE)
    sys.stdout.write(asyncio.run(_fit(task)).model_dump_json())


async def _fit(task: Task) -> Fitted:
    database = Database(task.database)
    try:
        return await fit_value(database, task.now)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
