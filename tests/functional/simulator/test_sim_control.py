"""The control API, the page's headers, and the program as it is started by hand."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.functional.simulator.conftest import Client
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN, EchoBot
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]


async def test_a_shopper_is_made_by_the_first_act(client: Client) -> None:
    await client.ask("wang", "在吗")
    listed = await client.sim("GET", "shoppers")
    assert listed["total"] == 1
    await client.sim("DELETE", "shoppers/wang")
    assert (await client.sim("GET", "shoppers"))["total"] == 0


async def test_following_and_leaving(client: Client, bot: EchoBot) -> None:
    await client.sim("POST", "shoppers", {"id": "li", "following": False}, status=201)
    await client.sim("POST", "shoppers/li/say", {"text": "在吗"}, status=409)
    await client.sim("POST", "shoppers/li/follow", {"scene": "store"})
    await client.sim("POST", "shoppers/li/follow", {}, status=409)
    await client.sim("POST", "shoppers/li/unfollow", {})
    await client.heard("li")
    assert [callback.fields["Event"] for callback in bot.seen] == ["subscribe", "unsubscribe"]
    assert bot.seen[0].fields["EventKey"] == "qrscene_store"


async def test_waiting_for_an_answer_that_does_not_come(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: "success"
    answer = await client.sim("POST", "shoppers/wang/say?wait=answer&timeout=1", {"text": "在吗"})
    assert answer["heard"] is None


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("POST", "shoppers", {"id": "a b"}, 409),
        ("GET", "shoppers/nobody", None, 409),
        ("POST", "shoppers/wang/dance", {}, 400),
        ("POST", "shoppers/wang/say", {"text": ""}, 400),
        ("POST", "shoppers/wang/say", ["text"], 400),
        ("POST", "shoppers/wang/follow", {"scene": 5}, 400),
        ("PUT", "faults", {"rules": [{"side": "api"}]}, 400),
        ("PUT", "faults", {}, 400),
        ("DELETE", "faults/f9", None, 400),
        ("POST", "clock", {"offset_seconds": "soon"}, 400),
        ("POST", "clock", {"offset_seconds": -3e9}, 400),
        ("PATCH", "settings", {"colour": "red"}, 400),
        ("PATCH", "settings", {"attempts": 0}, 400),
        ("PATCH", "settings", {"order": "random"}, 400),
        ("PATCH", "settings", {"callback_url": "file:///etc/passwd"}, 400),
        ("PATCH", "settings", {"token": {"colour": 1}}, 400),
        ("PATCH", "settings", {"allowances": {"nap": {}}}, 400),
        ("PUT", "menu", {"button": []}, 400),
        ("GET", "log?after=x", None, 400),
        ("GET", "no-such-thing", None, 404),
    ],
)
async def test_what_is_refused_says_why(
    client: Client, method: str, path: str, data: object, status: int
) -> None:
    assert (await client.sim(method, path, data, status=status))["error"]


async def test_settings_can_be_sent_back_as_they_are(client: Client) -> None:
    shown = await client.sim("GET", "settings")
    assert await client.sim("PATCH", "settings", shown) == shown


async def test_allowances_change_for_known_shoppers_too(client: Client) -> None:
    await client.ask("wang", "在吗")
    await client.sim("PATCH", "settings", {"allowances": {"message": {"messages": 20, "seconds": 60}}})
    assert (await client.sim("GET", "shoppers/wang"))["quota_left"] == 20


async def test_faults_are_added_listed_and_removed(client: Client) -> None:
    await client.sim("POST", "faults", {"side": "callback", "kind": "delay", "ms": 1})
    plan = await client.sim("POST", "faults", {"side": "api", "kind": "errcode", "errcode": -1})
    rules = plan["rules"]
    assert isinstance(rules, list)
    assert [rule["id"] for rule in rules] == ["f1", "f2"]
    await client.ask("wang", "在吗")
    plan = await client.sim("DELETE", "faults/f2")
    assert [(rule["kind"], rule["hits"]) for rule in plan["rules"]] == [("delay", 1)]  # type: ignore[attr-defined]
    assert (await client.sim("DELETE", "faults"))["rules"] == []


async def test_the_clock_file_follows(client: Client, tmp_path: Path) -> None:
    await client.sim("POST", "clock", {"offset_seconds": 3600})
    await client.sim("POST", "clock", {"advance_seconds": 60})
    assert float((tmp_path / "offset").read_text()) == 3660


async def test_the_log_can_be_read_page_by_page(client: Client) -> None:
    await client.ask("wang", "在吗")
    whole = await client.sim("GET", "log")
    assert whole["more"] is False
    seen: list[object] = []
    after: object = 0
    while True:
        page = await client.sim("GET", f"log?after={after}&limit=2")
        entries, after = page["entries"], page["last"]
        assert isinstance(entries, list)
        seen += entries
        if not page["more"]:
            break
    assert seen == whole["entries"]


async def test_events_are_streamed_and_resumed(client: Client) -> None:
    await client.ask("wang", "一")
    async with client.session.get(f"{client.url}/_sim/events", headers={"Last-Event-ID": "0"}) as stream:
        assert stream.content_type == "text/event-stream"
        kinds: list[str] = []
        while "heard" not in kinds:
            line = (await asyncio.wait_for(stream.content.readline(), PATIENCE)).decode()
            if line.startswith("data: "):
                kinds += [entry["kind"] for entry in json.loads(line[6:])]
    assert kinds[:2] == ["shopper", "said"]


async def test_reset_forgets_everything(client: Client) -> None:
    token = await client.token()
    await client.ask("wang", "在吗")
    await client.sim("PATCH", "settings", {"attempts": 1})
    await client.sim("POST", "reset")
    state = await client.sim("GET", "state")
    assert (state["shopper_total"], state["violations"]) == (0, {})
    assert await client.send(token, "oNobody", "x") == 40014


async def test_a_picture_of_the_shopper(client: Client, bot: EchoBot) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"<svg onload=alert(1)>", filename="x.svg", content_type="image/svg+xml")
    async with client.session.post(f"{client.url}/_sim/shoppers/wang/image", data=form) as response:
        assert response.status == 200
    await client.sim("POST", "shoppers/wang/image", {})
    await client.heard("wang")
    types = []
    for callback in bot.seen:
        async with client.session.get(callback.fields["PicUrl"]) as response:
            types.append(response.content_type)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert types == ["application/octet-stream", "image/png"]


async def test_the_page_has_a_strict_policy_and_nothing_inline(client: Client) -> None:
    async with client.session.get(client.url + "/") as response:
        policy, page = response.headers["Content-Security-Policy"], await response.text()
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page
    assert "onclick" not in page
    for name in ("page.js", "phone.css", "icon.svg"):
        async with client.session.get(f"{client.url}/static/{name}") as response:
            assert response.status == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_sites_are_kept_out(client: Client, headers: dict[str, str]) -> None:
    async with client.session.post(f"{client.url}/_sim/reset", headers=headers) as response:
        assert response.status == 403


async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        *arguments,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


SECRETS = {
    "SIMULATOR_APP_SECRET": APP_SECRET,
    "SIMULATOR_TOKEN": TOKEN,
    "SIMULATOR_AES_KEY": AES_KEY,
}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_the_program_says_where_it_listens_and_stops_cleanly(
    tmp_path: Path, bot_url: str, signum: signal.Signals
) -> None:
    file = tmp_path / "sim.yml"
    file.write_text(f"app_id: {APP_ID}\noriginal_id: {ORIGINAL_ID}\ncallback_url: {bot_url}\n")
    process = await start("--config", str(file), "--port", "0", **SECRETS)
    assert process.stdout is not None
    url = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))["url"]
    async with aiohttp.ClientSession() as session:
        assert (await Client(url, session).ask("wang", "在吗"))["content"] == {"text": "你说：在吗"}
        async with session.get(f"{url}/_sim/events"):  # an open stream must not hold the program up
            process.send_signal(signum)
            out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "app_id: missing"), (("--host", "0.0.0.0"), "loopback"), (("--mode", "open"), "mode: must be")],
)
async def test_wrong_settings_end_it_with_one_line(arguments: tuple[str, ...], words: str) -> None:
    whole = () if not arguments else ("--app-id", APP_ID, "--original-id", ORIGINAL_ID)
    url = () if not arguments else ("--callback-url", "http://127.0.0.1:1/x")
    process = await start(*whole, *url, *arguments, **SECRETS)
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, out, err.decode().count("\n")) == (2, b"", 1)
    assert words in err.decode()
