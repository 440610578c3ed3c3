"""A 公众号 server on WeRoBot: answers "echo:" and the text. Prints its port. Settings come as one JSON argument."""

from __future__ import annotations

import json
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import werobot  # type: ignore[import-not-found]
from bottle import Bottle  # type: ignore[import-not-found]
from werobot.contrib.bottle import make_view  # type: ignore[import-not-found]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return None


settings = json.loads(sys.argv[1])
robot = werobot.WeRoBot(
    token=settings["token"],
    encoding_aes_key=settings["encodingAESKey"],
    app_id=settings["appid"],
    enable_session=False,
)
robot.add_handler(lambda message: f"echo:{message.content}", type="text")
robot.add_handler(lambda _: "欢迎", type="subscribe_event")
app = Bottle()
app.route("/", ["GET", "POST"], make_view(robot))
server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
