"""Training and the knowledge base call an embedder by the same name."""

import json
from pathlib import Path

from intents.fallback_training.__main__ import embedder_identity
from knowledge_base.embedder.files import MANIFEST, read_manifest


def test_both_give_it_the_same_name(tmp_path: Path) -> None:
    told = {"adaptation": "a", "recipe": 2, "sha256": {"b": "2" * 64, "a": "1" * 64}, "source_sha256": "c"}
    (tmp_path / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert embedder_identity(tmp_path) == manifest.identity
