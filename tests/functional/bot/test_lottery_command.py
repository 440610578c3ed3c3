"""``lottery verify`` and the script that checks the same, as people run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.functional.bot.commands import run_command

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "lottery.json"


async def test_a_published_draw_is_verified_and_a_spoiled_one_is_not(tmp_path: Path) -> None:
    right = await run_command("lottery", "verify", str(EXAMPLE), "--json")
    said = json.loads(right.out)
    assert (right.code, said["verified"], said["problems"]) == (0, True, [])
    assert (said["tickets"], said["winners"]) == (24, 4)

    known = await run_command("lottery", "verify", str(EXAMPLE), "--announced", said["announcement_hash"])
    assert known.code == 0
    assert "the same 4 winners" in known.out
    other = await run_command("lottery", "verify", str(EXAMPLE), "--announced", "0" * 64, "--json")
    assert (other.code, json.loads(other.out)["verified"]) == (1, False)

    spoiled = tmp_path / "spoiled.json"
    spoiled.write_bytes(EXAMPLE.read_bytes().replace(b"A12-000001", b"A12-000099"))
    wrong = await run_command("lottery", "verify", str(spoiled))
    assert wrong.code == 1
    assert "digest: the file was changed after it was published" in wrong.out

    missing = await run_command("lottery", "verify", str(tmp_path / "nothing.json"))
    assert missing.code == 2
    assert "nothing.json" in missing.err


def test_the_script_needs_nothing_but_python(tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes((ROOT / "scripts" / "verify_lottery.py").read_bytes())
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_bytes(EXAMPLE.read_bytes().replace(b"A12-000001", b"A12-000099"))
    for file, code, said in ((EXAMPLE, 0, "as published"), (spoiled, 1, "was changed")):
        ran = subprocess.run(
            [sys.executable, "-I", "-S", str(alone), str(file)], capture_output=True, text=True, check=False
        )
        assert (ran.returncode, said in ran.stdout) == (code, True), ran.stderr
