"""Where the embedded Redis listens: found again by its identity, private, short enough for a socket."""

from __future__ import annotations

import os

from storage.embedded_redis import EmbeddedRedis

LONG = "sqlite+aiosqlite:///" + "a/very/long/path/" * 30 + "xiaoer.db"


def test_processes_of_one_bot_find_the_same_socket_and_other_bots_another() -> None:
    assert EmbeddedRedis(LONG).url == EmbeddedRedis(LONG).url
    assert EmbeddedRedis(LONG).url != EmbeddedRedis(LONG + "2").url


def test_the_socket_fits_and_tells_nothing_about_the_database() -> None:
    server = EmbeddedRedis(LONG)
    assert len(bytes(server.socket_path)) < 100
    assert server.url == f"unix://{server.socket_path}"
    assert "long" not in str(server.socket_path)
    assert f"-{os.getuid()}-" in str(server.socket_path)


def test_stopping_what_was_never_started_is_nothing() -> None:
    EmbeddedRedis(LONG).stop()
