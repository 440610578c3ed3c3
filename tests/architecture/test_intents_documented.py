"""Every intent that is served has a row in docs/intents.md, and every example file an intent that is served."""

from pathlib import Path

from intents.example_files import load_examples
from tests.dialogues.knowledge import shop_knowledge
from tests.dialogues.shop import shop_orders, shop_router

SERVED = shop_router(shop_orders(), shop_knowledge()).intents
ROWS = [
    line.split("|")[1]
    for line in (Path(__file__).parents[2] / "docs" / "intents.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def test_every_served_intent_has_a_row_and_every_row_is_served() -> None:
    documented = {name.strip(" `") for row in ROWS for name in row.split(",")}
    assert documented == SERVED


def test_every_example_file_belongs_to_a_served_intent() -> None:
    assert set(load_examples()) <= SERVED
