"""Stands in for the Python that has Rasa: ``fake_rasa.py -c PROGRAM run OPTIONS…`` answers as ``rasa run`` does.

FAKE_RASA names a folder. Each start adds a line of JSON to ``starts`` there: process, arguments, variables. Files in
it change what it does: ``model`` holds the name of another model that it loads, with ``broken`` it ends at once, with
``deaf`` it answers nothing any more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

VERSION = "3.6.21"
VARIABLE = "FAKE_RASA"


class FakeRasa:
    """``/version``, ``/status`` and ``/model/parse``, to those who know the token."""

    def __init__(self, model: str, token: str, folder: Path | None = None) -> None:
        self.model = model
        self.token = token
        self.folder = folder

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/version", self._version)
        app.router.add_get("/status", self._status)
        app.router.add_post("/model/parse", self._parse)
        return app

    async def _version(self, _request: web.Request) -> web.Response:
        if self.folder is not None and (self.folder / "deaf").exists():
            return web.Response(status=503)
        return web.json_response({"version": VERSION, "minimum_compatible_version": "3.5.0"})

    async def _status(self, request: web.Request) -> web.Response:
        if request.query.get("token") != self.token:
            return web.json_response({"reason": "NotAuthenticated"}, status=401)
        return web.json_response({"model_file": self.model, "model_id": "1", "num_active_training_jobs": 0})

    async def _parse(self, request: web.Request) -> web.Response:
        if request.query.get("token") != self.token:
            return web.json_response({"reason": "NotAuthenticated"}, status=401)
        text = (await request.json())["text"]
        if self.folder is not None:
            (self.folder / "read").write_text(text)
        return web.json_response({"text": text, "intent": {"name": "greet", "confidence": 0.9}})


def main(arguments: Sequence[str]) -> int:
    folder = Path(os.environ[VARIABLE])
    options = _options(arguments[arguments.index("run") + 1 :])
    started = {"pid": os.getpid(), "arguments": list(arguments), "variables": dict(os.environ)}
    with (folder / "starts").open("a") as starts:
        starts.write(json.dumps(started) + "\n")
    if (folder / "broken").exists():
        return 7
    other = folder / "model"
    model = other.read_text() if other.exists() else options.model.name
    fake = FakeRasa(model, os.environ["XIAOER_RASA__TOKEN"], folder)
    web.run_app(fake.app(), host=options.interface, port=options.port, print=None)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--enable-api", action="store_true")
    parser.add_argument("--interface", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoints", type=Path, required=True)
    parser.add_argument("--credentials", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
