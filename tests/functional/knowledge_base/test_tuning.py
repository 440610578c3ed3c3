"""``kb tune`` with the real embedder: trained, judged, used, and undone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from knowledge_base.embedders import Embedders
from knowledge_base.text import tidy
from tests.functional.knowledge import SHOP
from tests.functional.knowledge_base.shop import SECONDS, TABLE, Ran, ShopFolder, ShopInThisProcess
from tests.functional.world import ROOT

FILES = [path for path in SHOP if path.stem in ("returns", "exchanges")]
PHRASINGS = 8


ONE_PASS = """
from bot.commands.kb import kb_app
from knowledge_base.tuning import tuning
from knowledge_base.tuning.training import Recipe
tuning.RECIPE = Recipe(epochs=1, rate=4e-5)
kb_app()
"""


class ShopThatTrainsLittle(ShopInThisProcess):
    """Trains in a process of its own, whose gigabytes go with it, and passes over the questions once instead of several
    times: what is tested is what becomes of the outcome.
    """

    def run(self, *arguments: str) -> Ran:
        if arguments[0] != "tune":
            return super().run(*arguments)
        command = [sys.executable, "-c", ONE_PASS, *arguments, "--config", str(self.config)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopThatTrainsLittle(tmp_path)


def shortened(shop: ShopFolder) -> tuple[list[str], list[str]]:
    """Files of the example shop with few phrasings an entry, and all of these."""
    files, phrasings = [], []
    for path in FILES:
        entries = yaml.safe_load(path.read_text())
        for entry in entries:
            entry["similar"] = entry["similar"][:PHRASINGS]
            phrasings += entry["similar"]
        files.append(shop.write(path.name, yaml.safe_dump(entries, allow_unicode=True)))
    return files, phrasings


@pytest.mark.timeout(900)
def test_a_tuned_embedder_is_used_until_it_is_undone(shop: ShopFolder) -> None:
    files, held = shortened(shop)
    before = shop.json("import", *files)["index"]["version"]
    labels = shop.write("labels.jsonl", json.dumps({"query": f"请问一下{held[0]}", "ids": ["return-7days"]}))

    tuned = shop.json("tune", "--labels", labels, "--reason", "试一试")
    assert (tuned["used"], tuned["reranker"]) == (True, None)
    assert tuned["embedder"]["questions"] > 30
    assert tuned["embedder"]["after"]["wrong"] <= tuned["embedder"]["before"]["wrong"]
    assert tuned["index"]["version"] != before
    assert tuned["index"]["embedded"] == tuned["index"]["phrasings"]

    embedders = Embedders.named("default", shop.folder / "kb", threads=1)
    assert embedders.is_tuned(embedders.in_use().identity)
    one, other = (each.encode([tidy(held[0])]) for each in (embedders.in_use(), embedders.configured()))
    assert 0.5 < float((one * other).sum()) < 0.99999
    assert shop.json("ask", held[0])["decision"] == "answer"
    more = shop.json("import", shop.write("more.csv", TABLE))["index"]
    assert more["embedded"] < 20, "what comes later is embedded by the tuned one too"

    undone = shop.json("tune", "--undo")
    assert undone["index"]["changed"]
    assert not embedders.is_tuned(embedders.in_use().identity)


def test_a_small_shop_is_told_what_is_missing(shop: ShopFolder) -> None:
    shop.json("import", shop.write("faq.csv", TABLE))
    assert "至少要 24 条" in shop.json("tune", code=1)["error"]
