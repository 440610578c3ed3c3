"""The domain lists the intents and the entities of the training sentences: all of them and no others."""

import re
from pathlib import Path

import yaml

from intents import kinds

PROJECT = Path(kinds.__file__).parent
DOMAIN = yaml.safe_load((PROJECT / "domain" / "intents.yml").read_text(encoding="utf-8"))
FILES = sorted((PROJECT / "nlu").glob("*.yml"))


def test_the_domain_lists_the_intents_of_the_sentences() -> None:
    told = [
        block["intent"]
        for file in FILES
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        if "intent" in block
    ]
    assert DOMAIN["intents"] == sorted(told)
    assert [file.stem for file in FILES] == told


def test_the_domain_lists_the_entities_of_the_sentences() -> None:
    marked = {
        name for file in FILES for name in re.findall(r"\]\(([a-z_]+)\)", file.read_text(encoding="utf-8"))
    }
    assert DOMAIN["entities"] == sorted(marked)
