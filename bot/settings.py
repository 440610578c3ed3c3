"""The sections of config.yml that belong to the running program itself."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from conversations.errors import ConfigError


class Section(BaseModel):
    """Frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def secret_text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


class WebSettings(Section):
    """Where we listen."""

    host: str = Field(
        default="127.0.0.1", description="Address to listen on. 0.0.0.0 behind a reverse proxy."
    )
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    reuse_port: bool = Field(
        default=False, description="Lets several processes of one bot on one host listen on the same port."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8080", description="How the world reaches us, without a slash at the end."
    )
    max_body_bytes: int = Field(default=1_000_000, ge=10_000, description="Larger bodies are refused unread.")


class RasaSettings(Section):
    """Rasa, which understands and guides. Secrets come from the environment; the other keys from config.yml."""

    url: str | None = Field(
        default=None, description="http://127.0.0.1:5005 when it runs; null = without Rasa."
    )
    parse_budget_seconds: float = Field(
        default=0.3, gt=0, le=2, description="How long a message waits to be understood by Rasa."
    )
    guide_budget_seconds: float = Field(
        default=1.5, gt=0, le=5, description="How long a message of a guided conversation waits for Rasa."
    )
    token: SecretStr | None = Field(
        default=None, description="What we show Rasa's HTTP API. Environment only."
    )
    action_secret: SecretStr | None = Field(
        default=None, description="What Rasa shows /rasa/actions. Environment only."
    )

    def validate_ready(self) -> None:
        """Raises ConfigError, naming the key and the cure, unless this section is enough to serve with."""
        if self.url is None:
            return
        if not re.fullmatch(r"https?://[^/\s?#@]+", self.url):
            raise ConfigError(
                "rasa.url",
                "is not an address like http://127.0.0.1:5005",
                "Write scheme, host and port, without a slash at the end; or null to go without Rasa",
            )
        for name, secret in (("token", self.token), ("action_secret", self.action_secret)):
            text = secret_text(secret)
            if not re.fullmatch(r"[0-9A-Za-z_-]{16,128}", text):
                problem = "must be 16 to 128 letters, digits, - or _" if text else "is missing"
                raise ConfigError(
                    f"rasa.{name}",
                    problem,
                    f"Set the environment variable XIAOER_RASA__{name.upper()} of the bot and of Rasa to the same "
                    "value (`openssl rand -hex 24` makes one), or set rasa.url to null",
                )


class InboxSettings(Section):
    """How callbacks are taken in."""

    passive_wait_seconds: float = Field(
        default=1.5,
        ge=0,
        le=4,
        description="How long a callback waits for its answer, which then costs no quota. 0: never waits.",
    )
    retry_window_seconds: float = Field(
        default=20.0,
        gt=0,
        description="For how long the platform may repeat a callback (3 tries, 5 s each, and a margin).",
    )


class ServiceSettings(Section):
    """What shoppers are told about the shop and its people."""

    shop_name: str = Field(
        default="本店", min_length=1, max_length=20, description="The shop's name in greetings."
    )
    hours: str | None = Field(
        default=None, description="When people answer, as shoppers read it. null: at any hour."
    )
    sample_questions: tuple[str, ...] = Field(
        default=("几点前下单当天发货？", "怎么退货？", "运费多少？"),
        max_length=5,
        description="What a new follower is invited to ask.",
    )


class LogSettings(Section):
    """What is written to standard error."""

    level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level written."
    )
    json_lines: bool = Field(default=False, description="One JSON object a line, for machines.")


class DemoSettings(Section):
    """The demo: a simulated platform, seeded data, a clock that can be moved. Loopback only."""

    enabled: bool = Field(default=False, description="Turns demo mode on. Never on a real account.")
    clock_offset_file: Path | None = Field(
        default=None, description="A file with the seconds to add to the clock. Demo mode only."
    )


class MediaSettings(BaseModel):
    """Files that people send, kept because the platforms forget them after three days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(
        default=Path("var/media"), description="Folder of the files; processes on other hosts share it."
    )
