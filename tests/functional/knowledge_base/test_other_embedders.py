"""A sentence-transformers model of somebody else's, named in the configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.knowledge_base.shop import TABLE, ShopFolder
from tests.functional.world import ROOT

MAKE = """
import sys
from knowledge_base.embedder.files import default_folder
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(str(default_folder() / "tokenizer.json"))
SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=64)], device="cpu").save(sys.argv[1])
"""


@pytest.mark.slow
def test_a_model_folder_by_name(tmp_path: Path) -> None:
    model = tmp_path / "model"
    subprocess.run([sys.executable, "-c", MAKE, str(model)], cwd=ROOT, check=True, capture_output=True)
    shop = ShopFolder(tmp_path)
    faq = shop.write("faq.csv", TABLE)
    default = shop.json("import", faq)["index"]["version"]

    shop.write("config.yml", "knowledge_base: {path: kb, embedder: ./model}\n")
    built = shop.json("build")
    assert built["version"] != default
    assert built["embedded"] == built["phrasings"]
    asked = shop.json("ask", "怎么开票")
    assert asked["answer"] == "可以，确认收货后自己开。"
    assert asked["ranked"][0]["dense"] > 0.99
