"""The whole state of the corp; what its parts do is said in their own modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulator.clock import OffsetClock
from simulator.contacts.book import ContactBook
from simulator.contacts.groups import GroupBook
from simulator.contacts.mass import MassBook
from simulator.contacts.welcomes import Welcomes
from simulator.corp.envelope import CorpEnvelope
from simulator.corp.knobs import CorpKnobs, knobs_of
from simulator.corp.limits import CorpLimits
from simulator.corp.members import Members
from simulator.corp.reporting import Violate
from simulator.corp.settings import CorpSettings
from simulator.corp.tokens import CorpTokens, TokenRules
from simulator.corpapp.state import CorpApp
from simulator.crypto import MessageCipher, decode_aes_key
from simulator.journal import Journal
from simulator.kefu.world import KefuWorld, Surroundings
from simulator.media import MediaShelf

if TYPE_CHECKING:
    from simulator.aibot.part import AiBot
    from simulator.corp.pusher import CorpPusher
    from simulator.transport import Wire


class CorpWorld:
    """Holds the parts together. A reset makes new parts, so reach them through here each time."""

    knobs: CorpKnobs
    members: Members
    tokens: CorpTokens
    limits: CorpLimits
    media: MediaShelf
    kefu: KefuWorld
    app: CorpApp
    contacts: ContactBook
    welcomes: Welcomes
    groups: GroupBook
    mass: MassBook
    aibot: AiBot | None = None

    def __init__(
        self, settings: CorpSettings, *, clock: OffsetClock, journal: Journal, violate: Violate
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.journal = journal
        self.violate = violate
        self.base_url = f"http://127.0.0.1:{settings.port}"
        self.envelope = CorpEnvelope(
            token=settings.token,
            cipher=MessageCipher(key=decode_aes_key(settings.aes_key), receive_id=settings.corp_id),
            corp_id=settings.corp_id,
            agent_id=settings.agent_id,
        )
        self._pusher: CorpPusher | None = None
        self._wire: Wire | None = None
        self.reset()

    def connect(self, pusher: CorpPusher, wire: Wire) -> None:
        """Give the corp its way out; done once, before anything happens."""
        self._pusher, self._wire = pusher, wire

    @property
    def pusher(self) -> CorpPusher:
        """What delivers callbacks, once connected."""
        if self._pusher is None:
            raise RuntimeError("the corp is not connected")
        return self._pusher

    @property
    def wire(self) -> Wire:
        """The pool of connections to the bot, once connected."""
        if self._wire is None:
            raise RuntimeError("the corp is not connected")
        return self._wire

    @property
    def now(self) -> float:
        """Epoch seconds by the platform's clock."""
        return self.clock.epoch()

    def tell(
        self,
        fields: Mapping[str, object],
        *,
        row: str = "",
        on_reply: Callable[[bytes], None] | None = None,
    ) -> str:
        """Push one XML callback to the app; returns its id at once.

        ``fields`` follow ToUserName and are written in order; CreateTime is added when it is missing.
        Callbacks of one ``row`` (a conversation) keep their order. ``on_reply`` receives the first clear
        passive reply; a reply where none is expected is a violation.
        """
        head: dict[str, object] = {"ToUserName": self.settings.corp_id}
        if "FromUserName" in fields:
            head["FromUserName"] = fields["FromUserName"]
        head["CreateTime"] = fields.get("CreateTime", int(self.now))
        return self.pusher.push(head | dict(fields), row=row, on_reply=on_reply)

    def apply_knobs(self) -> None:
        """Hand changed knobs to the parts that keep their own rules."""
        knobs, rules = self.knobs, self.tokens.rules
        rules.expires_in = knobs.token_expires_in
        rules.ban_after, rules.ban_seconds = knobs.ban_after, knobs.ban_seconds
        rules.trusted_ips = frozenset(knobs.trusted_ips)
        self.limits.per_minute, self.limits.per_hour = knobs.calls_per_minute, knobs.calls_per_hour
        self.limits.own = knobs.path_calls_per_minute

    def reset(self) -> None:
        """Start again: everybody forgotten but who the settings name, no tokens, knobs as at the start."""
        settings = self.settings
        self.knobs = knobs_of(settings)
        self.members = Members((*settings.servicers, *settings.members))
        self.tokens = CorpTokens(corp_id=settings.corp_id, secret=settings.secret, rules=TokenRules())
        self.limits = CorpLimits()
        self.media = MediaShelf()
        self.kefu = KefuWorld(
            Surroundings(
                corp_id=settings.corp_id,
                now=self.clock.epoch,
                knobs=self.knobs,
                members=self.members,
                media=self.media,
                journal=self.journal,
                violate=self.violate,
                tell=self.tell,
            ),
            accounts=settings.kefu_accounts,
            servicers=settings.servicers,
        )
        self.app = CorpApp(
            agent_id=settings.agent_id,
            members=self.members,
            media=self.media,
            robot_keys=settings.robot_keys,
            now=self.clock.epoch,
        )
        self.contacts = ContactBook(self.members)
        self.welcomes = Welcomes()
        self.groups = GroupBook(self.members)
        self.mass = MassBook(self.contacts, self.groups)
        if self.aibot is not None:
            self.aibot.clear()
        self.apply_knobs()
