"""Carries out what a shopper does: transcript, reply windows, and the callback to the bot or the agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.acts import DEEDS, BadAct, Deed
from simulator.media import sample_picture, sample_voice
from simulator.messages import Inner
from simulator.pusher import Pusher
from simulator.shoppers import Line, Route, Shopper, ShopperRefused
from simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an act; ``push_id`` is None when an agent took the message instead of the bot."""

    line: Line
    msg_id: str | None
    push_id: str | None


class Phones:
    """All shoppers' phones."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world = world
        self._pusher = pusher

    def act(self, shopper: Shopper, name: str, data: Mapping[str, object]) -> Done:
        """Do one act of ``acts.DEEDS``; raises BadAct or ShopperRefused."""
        reader = DEEDS.get(name)
        if reader is None:
            raise BadAct(f"there is no act {name!r}")
        deed = reader(self._with_media(name, data))
        if name in ("follow", "unfollow") and deed.following_after is shopper.following:
            raise ShopperRefused(
                f"{shopper.id} {'already follows' if shopper.following else 'does not follow'}"
            )
        if name not in ("follow", "event") and not shopper.following:
            raise ShopperRefused(f"{shopper.id} does not follow the account")
        return self._do(shopper, deed)

    def store_upload(self, kind: str, content_type: str, data: bytes) -> dict[str, object]:
        """Keep a file that a shopper sends; returns the fields that name it."""
        stored = self._world.media.put(kind, content_type, data, self._world.clock.epoch())
        return {
            "media_id": stored.media_id,
            "url": f"{self._world.base_url}/_sim/media/{stored.media_id}",
        }

    def _with_media(self, name: str, data: Mapping[str, object]) -> Mapping[str, object]:
        if name not in ("image", "voice", "video", "shortvideo") or "media_id" in data:
            return data
        filled = dict(data)
        if name == "voice":
            return filled | {"media_id": self.store_upload("voice", "audio/amr", sample_voice())["media_id"]}
        picture = self.store_upload("image", "image/png", sample_picture())
        if name == "image":
            return filled | picture
        film = self.store_upload("video", "video/mp4", b"\x00\x00\x00\x18ftypmp42")
        return filled | {"media_id": film["media_id"], "thumb_media_id": picture["media_id"]}

    def _do(self, shopper: Shopper, deed: Deed) -> Done:
        now = self._world.clock.epoch()
        msg_id = self._world.next_msg_id() if deed.is_message else None
        line = self._world.note(shopper, Route.SHOPPER, deed.kind, deed.content, msg_id=msg_id)
        shopper.last_act = now
        if deed.following_after is not None:
            shopper.following = deed.following_after
        if deed.following_after is False:
            shopper.quota.close()
        if deed.opens is not None:
            shopper.quota.note(deed.opens, now)
        if deed.is_message and self._taken_by_agent(shopper, now):
            return Done(line=line, msg_id=msg_id, push_id=None)
        inner = Inner(
            to_user=self._world.settings.original_id,
            from_user=shopper.openid,
            create_time=int(now),
            msg_type=deed.msg_type,
            fields=deed.fields,
            msg_id=msg_id,
            raw=deed.raw,
        )
        return Done(line=line, msg_id=msg_id, push_id=self._pusher.push(shopper, inner))

    def _taken_by_agent(self, shopper: Shopper, now: float) -> bool:
        session = self._world.agents.serving(shopper.openid, now)
        if session is None:
            return False
        session.last_word = now
        self._world.journal.append("agent.received", shopper.id, account=session.account)
        return True
