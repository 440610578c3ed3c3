"""The name of the data."""

from pathlib import Path

import pytest

from intents.fallback_model.data import Data, shipped

PIPELINE = "pipeline:\n- {name: Classifier, not_for_us: [strange/*.txt], questions: [asked/*.jsonl]}\n"


def data(root: Path) -> Data:
    return Data(root=root, nlu=root / "nlu", config=root / "config.yml", shop=root / "shop")


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def test_other_contents_give_another_name_and_the_same_the_same(tmp_path: Path) -> None:
    write(tmp_path, "config.yml", PIPELINE)
    names = {data(tmp_path).fingerprint()}
    for file in ("nlu/a.yml", "strange/x.txt", "asked/x.jsonl", "shop/faq.yml"):
        write(tmp_path, file, "a")
        names.add(data(tmp_path).fingerprint())
    assert len(names) == 5
    write(tmp_path, "strange/other.yml", "a")
    write(tmp_path, "config.yml", PIPELINE + "- {name: Extractor}\n")
    assert data(tmp_path).fingerprint() in names


def test_a_pipeline_without_background_is_named(tmp_path: Path) -> None:
    write(tmp_path, "config.yml", "pipeline:\n- {name: Classifier}\n")
    with pytest.raises(ValueError, match=r"config\.yml"):
        data(tmp_path).fingerprint()


def test_the_shipped_data_is_all_there() -> None:
    found = {file.parent.name for file in shipped().files()}
    assert found == {"nlu", "background", "questions", "example_shop", "scripts"}
