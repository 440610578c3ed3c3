"""The app's API as we use it: say something to a member, change a card that a member tapped."""

from __future__ import annotations

from channels.outcomes import Refused, SendOutcome
from channels.wecom import sending
from channels.wecom.api import QyApi
from channels.wecom.protocol import SYSTEM_PEER, UNKNOWN_PEER
from channels.wecom.settings import WecomSettings
from conversations.address import Address
from conversations.replies import CardUpdate, CodedReply, Reply, TransferReply

SEND = "cgi-bin/message/send"
UPDATE_CARD = "cgi-bin/message/update_template_card"


class WecomClient:
    """Calls the API for one app. Each method takes ``send_timeout_seconds`` at most."""

    def __init__(self, settings: WecomSettings, api: QyApi) -> None:
        self._agent_id = settings.agent_id
        self._api = api

    async def send(self, reply: Reply, to: Address) -> SendOutcome:
        """One attempt. Never raises for anything the network or the platform does."""
        if to.peer in (SYSTEM_PEER, UNKNOWN_PEER) or to.account != str(self._agent_id):
            return Refused(reason="not a member of this app")
        match reply:
            case TransferReply() | CodedReply():
                return Refused(reason=f"the app has no {type(reply).__name__}")
            case CardUpdate(response_code=code, button=button):
                body = sending.card_update(code, button, to.peer, self._agent_id)
                result = await self._api.call(UPDATE_CARD, body)
            case _:
                if problem := sending.misfit(reply):
                    return Refused(reason=problem)
                # What a member gets in a minute and an hour is limited per member.
                body = sending.message(reply, to.peer, self._agent_id)
                result = await self._api.call(SEND, body, scope=to.peer)
        return sending.sent_or_not(result, to.peer)
