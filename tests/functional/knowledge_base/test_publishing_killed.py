"""kill -9 between the steps of publishing: old state or new state, never half of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge_base.editing.ledger import Ledger
from knowledge_base.editing.revisions import Act, state_at
from knowledge_base.entries import EntryFile
from tests.functional.world import ROOT
from tests.unit.knowledge_base.shop import SHOP

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

PUBLISH = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path

from knowledge_base.editing.ledger import Ledger
from knowledge_base.editing.revisions import Act, RevisionFile
from knowledge_base.entries import EntryFile
from tests.unit.knowledge_base.shop import SHOP

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def half_laid(self, entries):
    (folder / "entries.jsonl.next").write_text('{"id": "ret')
    die()

def half_written(self, revision):
    with (folder / "revisions.jsonl").open("a") as file:
        file.write('{"number": 2, "who": ')
        file.flush()
        die()

def after(act):
    def done(self, *arguments):
        act(self, *arguments)
        die()
    return done

folder, step = Path(sys.argv[1]), sys.argv[2]
match step:
    case "laying":
        EntryFile.lay_ready = half_laid
    case "laid":
        EntryFile.lay_ready = after(EntryFile.lay_ready)
    case "writing":
        RevisionFile.append = half_written
    case "written":
        RevisionFile.append = after(RevisionFile.append)
    case "taken":
        EntryFile.take_laid = after(EntryFile.take_laid)
with Ledger(folder).changing() as opened:
    opened.publish(SHOP, act=Act.EDIT, who="", why="", now=datetime.now(UTC))
"""


@pytest.mark.parametrize(
    ("step", "published"),
    [("laying", False), ("laid", False), ("writing", False), ("written", True), ("taken", True)],
)
def test_whoever_comes_next_finds_one_state_whole(tmp_path: Path, step: str, published: bool) -> None:
    ledger = Ledger(tmp_path)
    with ledger.changing() as opened:
        opened.publish(SHOP[:2], act=Act.EDIT, who="", why="", now=NOW)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PUBLISH, str(tmp_path), step]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr

    # A reader between the crash and the next change sees a whole state, too.
    assert EntryFile(tmp_path).read() in (SHOP[:2], SHOP)
    expected = SHOP if published else SHOP[:2]
    with ledger.changing() as opened:
        assert opened.entries == expected
        assert opened.number == (2 if published else 1)
        again = opened.publish(SHOP[:3], act=Act.EDIT, who="", why="", now=NOW)
    assert again is not None
    assert again.number == (3 if published else 2)
    assert [revision.act for revision in ledger.revisions()] == [Act.EDIT] * again.number
    assert state_at(ledger.revisions(), again.number) == ledger.entries() == SHOP[:3]
    assert not (tmp_path / "entries.jsonl.next").exists()
