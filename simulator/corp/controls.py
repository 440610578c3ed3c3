"""Registers what every part of the corp adds to the control API."""

from __future__ import annotations

from aiohttp import web

from simulator.contacts.control import ContactsControl
from simulator.corp.control import CorpControl
from simulator.corp.world import CorpWorld
from simulator.corpapp.control import AppControl
from simulator.kefu.control import KefuControl


def add_controls(app: web.Application, corp: CorpWorld) -> None:
    """Called once, with the application of the control port."""
    CorpControl(corp).add_to(app)
    KefuControl(corp).add_to(app)
    AppControl(corp).add_to(app)
    ContactsControl(corp).add_to(app)
