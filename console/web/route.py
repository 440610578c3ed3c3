"""What a part of the console adds to it: its routes, its place in the navigation, its files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aiohttp import web

from console.permissions import Access, Permission, Role, allows
from console.second_factor.rule import Asked
from console.web.visit import Visit

Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path below /console, and who may come: a permission, or ``Open.PUBLIC``.

    ``max_body_bytes`` allows larger requests than usual (uploads). ``before_change``: open also to somebody who has
    to choose a password of their own first. ``second_factor``: a code is asked for before the handler runs; routes that
    reveal personal data ask without it. Handlers that decide for themselves call ``console.second_factor.asking.ask``.
    """

    method: str
    path: str
    handler: Handler
    access: Access
    max_body_bytes: int | None = None
    before_change: bool = False
    second_factor: Asked | None = None


class Group(StrEnum):
    """The headings of the navigation, in their order."""

    WORK = "工作"
    SHOP = "店铺"
    RUNNING = "管理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the navigation and on the home page, for those who have ``permission``.

    ``icon`` is the name of an outline icon of @tabler/icons. ``shortcut`` is one letter, typed after g.
    """

    path: str
    title: str
    icon: str
    summary: str
    group: Group
    permission: Permission
    shortcut: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """One part of the console.

    ``static``: file names, as templates give them to ``asset()``, and the files. ``acts``: what the log calls acts,
    such as ``knowledge.published``, and what people read for it.
    """

    routes: tuple[Route, ...]
    entries: tuple[Entry, ...] = ()
    static: Mapping[str, Path] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)


def entries_for(entries: Iterable[Entry], roles: frozenset[Role]) -> dict[Group, tuple[Entry, ...]]:
    """What somebody with these roles finds in the navigation: groups in their order, none of them empty."""
    mine = [entry for entry in entries if allows(roles, entry.permission)]
    grouped = {group: tuple(entry for entry in mine if entry.group is group) for group in Group}
    return {group: found for group, found in grouped.items() if found}
