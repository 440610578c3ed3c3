"""Every intent that is served has a row in docs/intents.md with a dialogue that exists, and nothing else has one."""

import re
from pathlib import Path

from intents.kinds import ALL, FORMS
from tests.dialogues.knowledge import shop_knowledge
from tests.dialogues.shop import shop_orders, shop_router

ROOT = Path(__file__).parents[2]
SERVED = shop_router(shop_orders(), shop_knowledge()).intents | set(FORMS)
FOLDERS = (ROOT / "tests" / "dialogues", ROOT / "tests" / "functional" / "intents" / "dialogues")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in (ROOT / "docs" / "intents.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
NAMED = {name: row for row in ROWS for name in re.findall("`([a-z_]+)`", row[0])}


def test_every_served_intent_has_a_row_and_every_row_is_served() -> None:
    assert set(NAMED) == SERVED
    assert ALL <= SERVED


def test_every_row_of_an_intent_names_a_dialogue_that_exists() -> None:
    for intent in ALL:
        patterns = re.findall("`([a-z_*]+[.]yml)`", NAMED[intent][4])
        assert patterns, f"{intent} has no dialogue"
        for pattern in patterns:
            assert any(list(folder.glob(pattern)) for folder in FOLDERS), f"{intent}: {pattern}"
