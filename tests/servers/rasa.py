"""A real Rasa with the model of the data as they are now, on a free port, with trackers in a file."""

from __future__ import annotations

import http.client
import json
import resource
import secrets
import signal
import subprocess
from pathlib import Path

import yaml

from intents.rasa_service import environment
from intents.rasa_service.endpoints import CREDENTIALS, SECRET_VARIABLE, Surroundings, endpoints
from intents.rasa_service.training import train
from tests.servers import processes
from tests.servers.ports import choose_free_port

START_SECONDS = 240.0


class RasaServer:
    """It can be killed and started again; its trackers stay. ``actions_port`` is where its actions are run."""

    def __init__(self, folder: Path, model: Path | None = None, *, actions_port: int | None = None) -> None:
        """``model`` None: of the data as they are now; it is trained where it is not there yet."""
        self.folder = folder
        self.actions_port = actions_port or choose_free_port()
        self.port = choose_free_port()
        self.token = secrets.token_hex(8)
        self.action_secret = secrets.token_hex(8)
        self.model = model or train()
        self._process: subprocess.Popen[bytes] | None = None
        around = Surroundings(
            actions_url=f"http://127.0.0.1:{self.actions_port}/rasa/actions",
            database=str(folder / "trackers.db"),
        )
        (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints(around)))
        (folder / "credentials.yml").write_text(yaml.safe_dump(dict(CREDENTIALS)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def resident_bytes(self) -> int:
        """Memory of its process that is not on disk."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    def start(self, seconds: float = START_SECONDS) -> None:
        """Returns when it has loaded its model, and has read one message: the first one loads the dictionary."""
        log = self.folder / "rasa.log"
        command = [
            *environment.program(),
            *("run", "-m", str(self.model), "--enable-api", "--auth-token", self.token),
            *("-i", "127.0.0.1", "-p", str(self.port)),
            *("--endpoints", str(self.folder / "endpoints.yml")),
            *("--credentials", str(self.folder / "credentials.yml")),
        ]
        variables = {**environment.variables(), SECRET_VARIABLE: self.action_secret}
        self._process = processes.start(command, log=log, environment=variables)
        processes.wait_until(self.is_ready, self._process, log, seconds=seconds)

    def is_ready(self) -> bool:
        try:
            return self.request("POST", "/model/parse", {"text": "你好"}) is not None
        except OSError:
            return False

    def request(self, method: str, path: str, body: object = None) -> object:
        """The JSON that it answers with; None for anything but a 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            joint = "&" if "?" in path else "?"
            connection.request(
                method,
                f"{path}{joint}token={self.token}",
                body=None if body is None else json.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            response = connection.getresponse()
            content = response.read()
            return json.loads(content) if response.status == 200 else None
        finally:
            connection.close()

    def kill(self) -> None:
        """At once, as ``kill -9`` does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(processes.STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
