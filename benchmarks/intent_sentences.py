"""The labelled sentences: those that are held out, and those of the training data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from benchmarks.intent_figures import Sentence

ROOT = Path(__file__).resolve().parents[1]
HELD_OUT = ROOT / "tests" / "held_out" / "intents"
_MARKED = re.compile(r"\[([^\]]+)\]\([a-z_]+\)")


def held_out() -> list[Sentence]:
    asked = [json.loads(line) for line in (HELD_OUT / "queries.jsonl").read_text("utf-8").splitlines()]
    others = [json.loads(line) for line in (HELD_OUT / "out_of_scope.jsonl").read_text("utf-8").splitlines()]
    return [
        *(Sentence(text=one["text"], intent=one["intent"]) for one in asked),
        *(Sentence(text=one["text"], intent=None, kind=one["kind"]) for one in others),
    ]


def training_sentences() -> list[Sentence]:
    """Of ``intents/nlu``, without the marks of the things that they name."""
    return [
        Sentence(text=_MARKED.sub(r"\1", line.removeprefix("- ")), intent=block["intent"])
        for file in sorted((ROOT / "intents" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]
        if "intent" in block
        for line in block["examples"].splitlines()
    ]
