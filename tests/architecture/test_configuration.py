"""Every setting is documented and stands in config.yml, and the documentation names no setting that is not there."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, SecretStr

from bot.config import Settings
from tests.architecture import checkout

DOCUMENT = checkout.ROOT / "docs" / "configuration.md"
CONFIG = checkout.ROOT / "config.yml"
PREFIX = "XIAOER_"


def sections(annotation: Any) -> Iterator[type[BaseModel]]:
    """The settings models inside an annotation such as `Kefu | None`. A list of such is one setting."""
    if get_origin(annotation) is tuple:
        return
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from sections(part)


def keys(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any]]:
    """Each setting with its dotted path, models opened."""
    for name, field in model.model_fields.items():
        inner = list(sections(field.annotation))
        if not inner:
            yield path + name, field.annotation
        for section in inner:
            yield from keys(section, f"{path}{name}.")


def is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(is_secret(part) for part in get_args(annotation))


def written(section: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, value in section.items():
        if isinstance(value, dict) and value:
            yield from written(value, f"{path}{name}.")
        else:
            yield path + name


def undescribed(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = list(sections(field.annotation))
        if not inner and not field.description:
            yield path + name
        for section in inner:
            yield from undescribed(section, f"{path}{name}.")


def test_every_setting_is_documented() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    missing = [
        key for key, annotation in keys(Settings) if not is_secret(annotation) and f"`{key}`" not in document
    ]
    assert not missing, f"add to docs/configuration.md: {missing}"


def test_every_secret_is_documented_by_its_environment_variable() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    names = [
        PREFIX + key.upper().replace(".", "__") for key, annotation in keys(Settings) if is_secret(annotation)
    ]
    assert names
    missing = [name for name in names if f"`{name}`" not in document]
    assert not missing, f"add to docs/configuration.md: {missing}"


def test_the_document_names_no_setting_that_is_not_there() -> None:
    known = dict(keys(Settings))
    first = {key.partition(".")[0] for key in known}
    named = re.findall(r"^\|\s*`([a-z_]+(?:\.[a-z_]+)+)`", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [key for key in named if key.partition(".")[0] not in first or key not in known]


def test_config_yml_shows_every_setting_and_no_secret() -> None:
    shown = set(written(yaml.safe_load(CONFIG.read_text(encoding="utf-8"))))
    plain = {key for key, annotation in keys(Settings) if not is_secret(annotation)}
    secret = {key for key, annotation in keys(Settings) if is_secret(annotation)}
    assert not plain - shown, "add to config.yml, with a comment"
    assert not shown & secret, "secrets come from the environment"


def test_every_setting_says_what_it_does() -> None:
    assert not list(undescribed(Settings))
