"""The application of the corp's own port."""

from __future__ import annotations

from aiohttp import web

from simulator.corp.api import MAX_BODY, CorpApi
from simulator.corp.world import CorpWorld
from simulator.corpapp.pictures import PublicPictures
from simulator.world import World


def create_corp_app(world: World, corp: CorpWorld) -> web.Application:
    """What the bot knows as ``qyapi.weixin.qq.com``."""
    app = web.Application(client_max_size=MAX_BODY)
    CorpApi(world, corp).add_to(app)
    PublicPictures(corp).add_to(app)
    return app
