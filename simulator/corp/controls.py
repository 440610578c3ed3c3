"""Registers what every part of the corp adds to the control API."""

from __future__ import annotations

from aiohttp import web

from simulator.corp.control import CorpControl
from simulator.corp.world import CorpWorld


def add_controls(app: web.Application, corp: CorpWorld) -> None:
    """Called once, with the application of the control port."""
    CorpControl(corp).add_to(app)
