"""config.yml and the environment, read once, checked, and turned into frozen values."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.settings import (
    DemoSettings,
    InboxSettings,
    LogSettings,
    MediaSettings,
    RasaSettings,
    ServiceSettings,
    WebSettings,
)
from channels.aibot.settings import AibotSettings
from channels.official.settings import OfficialSettings
from channels.wecom.settings import WecomSettings
from console.settings import ConsoleSettings
from conversations.errors import ConfigError
from customers.settings import CustomerSettings
from escalation.settings import AfterSalesSettings, DeskSettings, StaffSettings
from knowledge_base.settings import KnowledgeBaseSettings
from mall.settings import MallSettings
from storage.settings import DatabaseSettings, RedisSettings

PREFIX = "XIAOER_"
DEFAULT_FILE = Path(__file__).parent.parent / "config.yml"


class Settings(BaseSettings):
    """Every setting. The environment (``XIAOER_`` + path, ``__`` between levels) wins over config.yml."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", env_ignore_empty=True
    )

    web: WebSettings = Field(default_factory=WebSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    redis: RedisSettings = Field(default_factory=RedisSettings)
    rasa: RasaSettings = Field(default_factory=RasaSettings)
    knowledge_base: KnowledgeBaseSettings = Field(default_factory=KnowledgeBaseSettings)
    official: OfficialSettings = Field(default_factory=OfficialSettings)
    wecom: WecomSettings = Field(default_factory=WecomSettings)
    aibot: AibotSettings = Field(default_factory=AibotSettings)
    staff: StaffSettings = Field(default_factory=StaffSettings)
    desk: DeskSettings = Field(default_factory=DeskSettings)
    after_sales: AfterSalesSettings = Field(default_factory=AfterSalesSettings)
    console: ConsoleSettings = Field(default_factory=ConsoleSettings)
    media: MediaSettings = Field(default_factory=MediaSettings)
    inbox: InboxSettings = Field(default_factory=InboxSettings)
    customers: CustomerSettings = Field(default_factory=CustomerSettings)
    mall: MallSettings = Field(default_factory=MallSettings)
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    logs: LogSettings = Field(default_factory=LogSettings)
    demo: DemoSettings = Field(default_factory=DemoSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first; what we read from the file comes in as arguments."""
        return env_settings, init_settings


def load_settings(path: Path | None = None) -> Settings:
    """The settings of ``path`` (default: config.yml beside the code); relative paths in it start at its folder.

    Raises ConfigError, naming the key and the cure.
    """
    file = (path or DEFAULT_FILE).absolute()
    written = _read(file)
    _refuse_secrets(written)
    try:
        settings = Settings(**written)
    except ValidationError as error:
        raise _explain(error) from error
    except SettingsError as error:
        raise _explain_environment(error) from error
    settings = _at(settings, file.parent)
    _check_demo(settings)
    return settings


def _read(file: Path) -> dict[str, Any]:
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError("--config", f"there is no file {file}", "Name an existing file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "--config", f"{file} cannot be read ({error})", "Name a readable UTF-8 file"
        ) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise ConfigError(
            "--config", f"{file} is not YAML{line}", "Mind indentation, colons and quotes"
        ) from error
    if written is None:
        return {}
    if not isinstance(written, dict) or not all(isinstance(key, str) for key in written):
        raise ConfigError(
            "--config", f"{file} does not hold sections", "Write sections like `web:` with keys below"
        )
    return {key: {} if value is None else value for key, value in written.items()}


def _refuse_secrets(written: dict[str, Any]) -> None:
    for section in ("official", "wecom", "aibot", "rasa", "customers", "console"):
        model: type[BaseModel] = Settings.model_fields[section].annotation  # type: ignore[assignment]
        _refuse_secrets_of(model, section, written.get(section))


def _refuse_secrets_of(model: type[BaseModel], path: str, values: object) -> None:
    for name, field in model.model_fields.items():
        value = values.get(name) if isinstance(values, dict) else None
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            _refuse_secrets_of(kind, f"{path}.{name}", value)
        elif kind in (SecretStr | None, dict[str, SecretStr]) and value is not None:
            raise ConfigError(
                f"{path}.{name}",
                "is a secret and does not belong in a file",
                f"Remove it and set the environment variable {_variable(f'{path}.{name}')}",
            )


def _variable(key: str) -> str:
    return PREFIX + key.upper().replace(".", "__")


def _explain(error: ValidationError) -> ConfigError:
    """The first problem, by path, in one line. Never the value: it may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "config"
    if first["type"] == "extra_forbidden":
        return ConfigError(
            key, "is not a setting", "docs/configuration.md lists all of them; mind the spelling"
        )
    cure = (
        f"Correct it in config.yml or in {_variable(key)}"
        if _in_environment(key)
        else "Correct it in config.yml"
    )
    return ConfigError(key, first["msg"].removeprefix("Value error, "), cure)


def _explain_environment(error: SettingsError) -> ConfigError:
    """Only the section is known, and never the value told: it may hold secrets."""
    named = re.search(r'field "(\w+)"', str(error))
    section = named[1] if named else "config"
    return ConfigError(
        section,
        "has a value in the environment that is not JSON",
        f'In {_variable(section)}… a whole section is written like {{"port": 8080}}, a list like ["wk1"]',
    )


def _in_environment(key: str) -> bool:
    return _variable(key) in {name.upper() for name in os.environ}


def _at(settings: Settings, folder: Path) -> Settings:
    """The settings with absolute paths."""
    knowledge_base = settings.knowledge_base
    models = {"embedder": knowledge_base.embedder, "reranker": knowledge_base.reranker}
    models = {
        field: str((folder / Path(name).expanduser()).resolve()) if name.startswith((".", "~")) else name
        for field, name in models.items()
    }
    offset = settings.demo.clock_offset_file
    return settings.model_copy(
        update={
            "database": settings.database.model_copy(
                update={"url": _absolute_url(settings.database.url, folder)}
            ),
            "knowledge_base": knowledge_base.model_copy(
                update={"path": folder / knowledge_base.path, **models}
            ),
            "media": settings.media.model_copy(update={"path": folder / settings.media.path}),
            "demo": settings.demo.model_copy(
                update={"clock_offset_file": folder / offset if offset else None}
            ),
        }
    )


def _absolute_url(url: str, folder: Path) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise ConfigError(
            "database.url",
            "is not a database address that we know",
            "Write sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
        )
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigError("database.url", "names no file", "Write sqlite+aiosqlite:///FILE")
        parsed = parsed.set(database=str(folder / parsed.database))
    return parsed.render_as_string(hide_password=False)


def _check_demo(settings: Settings) -> None:
    if settings.demo.enabled and not _is_loopback(settings.web.host):
        raise ConfigError(
            "web.host", "demo mode listens on loopback only", "Write 127.0.0.1, or turn demo.enabled off"
        )
    if settings.demo.clock_offset_file is not None and not settings.demo.enabled:
        raise ConfigError(
            "demo.clock_offset_file",
            "moves the clock, which real mode refuses",
            "Remove it, or set demo.enabled",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
