"""The demo's configuration: where its programs listen, who it pretends to be, its secrets."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml

APP_ID = "wx00demo00demo00"
ORIGINAL_ID = "gh_demo"
CORP_ID = "ww00demo00demo00"
AGENT_ID = 1000002
KEFU_ACCOUNT = "wkDemoShop"
MEMBERS = {"lanlan": "兰兰", "xiaomei": "小美"}
"""The shop's people on the simulated WeCom. Nobody receives at the start: a visitor may, on the staff phone."""
CLOCK_OFFSET = "clock-offset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the programs listen; ``rasa`` None: without."""

    bot: int
    simulator: int
    corp: int
    rasa: int | None

    @property
    def corp_url(self) -> str:
        """WeCom's API, which in life has a host of its own."""
        return f"http://127.0.0.1:{self.corp}"

    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.bot}"

    @property
    def rasa_url(self) -> str | None:
        return None if self.rasa is None else f"http://127.0.0.1:{self.rasa}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator}"


def made_secrets(folder: Path) -> dict[str, str]:
    """Made once, by chance: even the demo has no secret that anybody could know. Named as in the environment."""
    file = folder / "secrets.json"
    made = {
        "OFFICIAL__APP_SECRET": secrets.token_hex(16),
        "OFFICIAL__TOKEN": secrets.token_hex(12),
        "OFFICIAL__ENCODING_AES_KEY": secrets.token_hex(22)[:43],
        "WECOM__SECRET": secrets.token_hex(16),
        "WECOM__TOKEN": secrets.token_hex(12),
        "WECOM__ENCODING_AES_KEY": secrets.token_hex(22)[:43],
        "RASA__TOKEN": secrets.token_hex(16),
        "RASA__ACTION_SECRET": secrets.token_hex(16),
        "CUSTOMERS__KEY": secrets.token_hex(32),
        "CUSTOMERS__EVENTS__SECRETS": json.dumps({"mall": secrets.token_hex(32)}),
        "CUSTOMERS__SCENE_SECRET": secrets.token_hex(32),
    }
    stored: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if set(stored) != set(made):
        stored = {name: stored.get(name, value) for name, value in made.items()}
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(stored))
        fresh.replace(file)
    return stored


def write_config(folder: Path, ports: Ports) -> Path:
    """The demo's ``config.yml``, written anew at each start: ports change."""
    config = folder / "config.yml"
    content = {
        "web": {
            "host": "127.0.0.1",
            "port": ports.bot,
            "public_url": ports.bot_url,
        },
        "database": {"url": "sqlite+aiosqlite:///xiaoer.db"},
        "rasa": {"url": ports.rasa_url},
        "knowledge_base": {"path": "kb"},
        "official": {
            "api_base": ports.simulator_url,
            "app_id": APP_ID,
            "original_id": ORIGINAL_ID,
            "handoff": "desk",
        },
        "wecom": {
            "enabled": True,
            "api_base": ports.corp_url,
            "corp_id": CORP_ID,
            "agent_id": AGENT_ID,
            # Until there is a desk of our own, a visitor plays the shop's people in the platform's client.
            "kefu": {"accounts": [KEFU_ACCOUNT], "handoff": "native"},
            "customer_groups": True,
            "welcome": "您好，欢迎加我～我是禾野集的店员，有新品和优惠会第一时间告诉您。",
        },
        "staff": {"members": list(MEMBERS)},
        "mall": {"orders": "demo"},
        "service": {
            "shop_name": "禾野集",
            "hours": "9:00–21:00",
            "sample_questions": ["满多少包邮？", "可以退货吗？", "我的订单到哪了"],
        },
        "demo": {"enabled": True, "clock_offset_file": CLOCK_OFFSET},
    }
    text = "# Written by `make demo` at each start.\n" + yaml.safe_dump(content, allow_unicode=True)
    config.write_text(text, encoding="utf-8")
    return config
