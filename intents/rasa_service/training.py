"""Trains Rasa when what it is made from has changed: ``python -m intents.rasa_service train``.

A model is kept under the fingerprint of its sources, so the file's name alone tells whether it is current. It gets that
name only when it is whole: a training that fails or is killed leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from intents.rasa_service import environment
from intents.rasa_service.process import end_with
from intents.rasa_service.sources import Sources, project

KEPT = 2
"""Models that stay: the current one and the one before, to go back to."""

LINES_SHOWN_ON_FAILURE = 15

Say = Callable[[str], None]

_COMPONENT = re.compile(r"Starting to train component '(\w+)'")
_WORKSHOP = ".training-"


class TrainingFailed(Exception):
    """A sentence for the person at the terminal, with the last lines that Rasa said."""


def model_path(sources: Sources | None = None, *, models: Path = environment.MODELS) -> Path | None:
    """The model of the data as they are now; None where it is not trained yet."""
    path = models / f"{(sources or project()).fingerprint()}.tar.gz"
    return path if path.is_file() else None


def train(
    sources: Sources | None = None,
    *,
    models: Path = environment.MODELS,
    program: Sequence[str] | None = None,
    say: Say = lambda _: None,
) -> Path:
    """The model of the data as they are now, trained if need be. Two at once take turns. Raises ``TrainingFailed``."""
    sources = sources or project()
    if current := model_path(sources, models=models):
        return current
    if program is None and not environment.is_installed():
        raise TrainingFailed(f"Rasa is not installed; run `{environment.INSTALL}` or `make setup`.")
    with _turn(models, say):
        while (wanted := model_path(sources, models=models)) is None:
            made_from = models / f"{sources.fingerprint()}.tar.gz"
            _train(sources, made_from, program or environment.program(), say)
            _prune(models, made_from)
    return wanted


def _train(sources: Sources, wanted: Path, program: Sequence[str], say: Say) -> None:
    for left in wanted.parent.glob(f"{_WORKSHOP}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=wanted.parent, prefix=_WORKSHOP) as workshop:
        folder = Path(workshop)
        _run([*program, *_arguments(sources, folder)], folder, say)
        made = folder / "model.tar.gz"
        if not made.is_file():
            raise TrainingFailed("Rasa ended well but left no model.")
        if wanted.name != f"{sources.fingerprint()}.tar.gz":
            say("the data changed meanwhile")
            return
        made.replace(wanted)


def _arguments(sources: Sources, folder: Path) -> list[str]:
    data = [str(path) for path in sources.existing_data()]
    return [
        "train",
        *("--config", str(sources.config), "--domain", str(sources.domain), "--data", *data),
        *("--out", str(folder), "--fixed-model-name", "model"),
    ]


def _run(command: Sequence[str], folder: Path, say: Say) -> None:
    last: deque[str] = deque(maxlen=LINES_SHOWN_ON_FAILURE)
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command,
        cwd=environment.ROOT,
        env={**environment.variables(), "RASA_CACHE_DIRECTORY": str(folder / "cache")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - calls nothing that takes a lock
    )
    try:
        for line in process.stdout or ():
            if line.strip():
                last.append(line.rstrip())
            if found := _COMPONENT.search(line):
                say(f"training {found[1]}")
        status = process.wait()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    if status != 0:
        raise TrainingFailed("\n".join([*last, "", f"Training Rasa failed (exit status {status})."]))


def _prune(models: Path, current: Path) -> None:
    others = sorted(
        (path for path in models.glob("*.tar.gz") if path != current),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for old in others[KEPT - 1 :]:
        old.unlink()


@contextmanager
def _turn(models: Path, say: Say) -> Iterator[None]:
    models.mkdir(parents=True, exist_ok=True)
    with (models / "training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another training of this checkout is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Train if need be, telling what happens; the last line is the model's path."""
    try:
        path = train(say=_say)
    except TrainingFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    _say(str(path))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
