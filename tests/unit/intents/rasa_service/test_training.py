"""Training happens when the sources changed, keeps only whole models, and one at a time."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from intents.rasa_service import environment, training
from intents.rasa_service.sources import Sources

TRAINS = """
import pathlib, sys
given = dict(zip(sys.argv[2::1], sys.argv[3::1]))
folder = pathlib.Path(given["--out"])
print("2026-11-23 INFO hooks - Starting to train component 'Parrot'.")
pathlib.Path(__file__).with_suffix(".runs").open("a").write("run\\n")
(folder / (given["--fixed-model-name"] + ".tar.gz")).write_text(" ".join(sys.argv[1:]))
"""
FAILS = "print('InvalidDomain: no such slot'); raise SystemExit(3)"
LEAVES_NOTHING = "pass"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    for name in ("domain", "nlu"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yml").write_text(name)
    (tmp_path / "config.yml").write_text("pipeline: []")
    return Sources(
        config=tmp_path / "config.yml",
        domain=tmp_path / "domain",
        data=(tmp_path / "nlu", tmp_path / "rules"),
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def rasa(folder: Path, code: str) -> Sequence[str]:
    script = folder / "rasa.py"
    script.write_text(code)
    return (sys.executable, str(script))


def runs(folder: Path) -> int:
    file = folder / "rasa.runs"
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_trains_once_and_says_what(sources: Sources, models: Path, tmp_path: Path) -> None:
    said: list[str] = []
    program = rasa(tmp_path, TRAINS)
    assert training.model_path(sources, models=models) is None
    made = training.train(sources, models=models, program=program, say=said.append)
    assert training.train(sources, models=models, program=program) == made
    assert training.model_path(sources, models=models) == made
    assert runs(tmp_path) == 1
    assert said == ["training Parrot"]


def test_folders_that_do_not_exist_yet_are_not_named(sources: Sources, models: Path, tmp_path: Path) -> None:
    program = rasa(tmp_path, TRAINS)
    assert "rules" not in training.train(sources, models=models, program=program).read_text()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "stop.yml").write_text("rules: []")
    assert str(tmp_path / "rules") in training.train(sources, models=models, program=program).read_text()


@pytest.mark.parametrize("file", ["config.yml", "domain/a.yml", "nlu/a.yml", "nlu/new.yml"])
def test_every_change_trains_again(file: str, sources: Sources, models: Path, tmp_path: Path) -> None:
    program = rasa(tmp_path, TRAINS)
    before = training.train(sources, models=models, program=program)
    (tmp_path / file).write_text("changed")
    assert training.model_path(sources, models=models) is None
    assert training.train(sources, models=models, program=program) != before


def test_the_fingerprint_does_not_depend_on_the_place(sources: Sources, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in ("domain", "nlu"):
        (elsewhere / name).mkdir(parents=True)
        (elsewhere / name / "a.yml").write_text(name)
    (elsewhere / "config.yml").write_text("pipeline: []")
    other = Sources(
        config=elsewhere / "config.yml",
        domain=elsewhere / "domain",
        data=(elsewhere / "nlu", elsewhere / "rules"),
    )
    assert other.fingerprint() == sources.fingerprint()


@pytest.mark.parametrize(
    ("code", "told"), [(FAILS, "InvalidDomain: no such slot"), (LEAVES_NOTHING, "left no model")]
)
def test_a_failed_training_leaves_nothing(
    code: str, told: str, sources: Sources, models: Path, tmp_path: Path
) -> None:
    with pytest.raises(training.TrainingFailed, match=told):
        training.train(sources, models=models, program=rasa(tmp_path, code))
    assert training.model_path(sources, models=models) is None
    assert [path.name for path in models.iterdir()] == ["training.lock"]


def test_what_a_killed_training_left_is_removed(sources: Sources, models: Path, tmp_path: Path) -> None:
    left = models / ".training-abc"
    left.mkdir(parents=True)
    (left / "model.tar.gz").write_text("half")
    training.train(sources, models=models, program=rasa(tmp_path, TRAINS))
    assert not left.exists()


def test_data_that_change_meanwhile_are_trained_again(sources: Sources, models: Path, tmp_path: Path) -> None:
    changed = tmp_path / "nlu" / "a.yml"
    code = TRAINS + f"\npathlib.Path({str(changed)!r}).write_text('new')"
    made = training.train(sources, models=models, program=rasa(tmp_path, code))
    assert made.name == f"{sources.fingerprint()}.tar.gz"
    assert runs(tmp_path) == 2


def test_the_model_before_is_kept_and_older_ones_go(sources: Sources, models: Path, tmp_path: Path) -> None:
    program = rasa(tmp_path, TRAINS)
    made = []
    for number in range(4):
        (tmp_path / "nlu" / "a.yml").write_text(str(number))
        made.append(training.train(sources, models=models, program=program))
        for age, model in enumerate(reversed(made)):
            if model.exists():
                _age(model, age)
    assert [model.exists() for model in made] == [False, False, True, True]


def _age(model: Path, seconds: int) -> None:
    os.utime(model, (1_000_000 - seconds, 1_000_000 - seconds))


def test_two_at_once_train_once(sources: Sources, models: Path, tmp_path: Path) -> None:
    program = rasa(tmp_path, TRAINS)
    with ThreadPoolExecutor(2) as both:
        made = [
            one.result()
            for one in [
                both.submit(training.train, sources, models=models, program=program) for _ in range(2)
            ]
        ]
    assert made[0] == made[1]
    assert runs(tmp_path) == 1


def test_without_rasa_it_says_how_to_get_it(
    sources: Sources, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "is_installed", lambda: False)
    with pytest.raises(training.TrainingFailed, match=r"scripts\.installing\.rasa_packages"):
        training.train(sources, models=models)
