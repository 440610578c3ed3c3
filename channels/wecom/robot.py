"""A group robot 群机器人: it posts into one internal group by a webhook (WeCom 99110 消息推送配置说明).

The key in the webhook's address is all that is needed to post, so it is a secret: it is in no log, no metric and no
result.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import aiohttp
from pydantic import SecretStr

from channels.call_limits import CallGate
from channels.calls import Answered, HttpApi, Result, Upload
from channels.fitting import misfit
from channels.limits import sizes
from channels.outcomes import NotSent, Refused, Sent
from channels.wecom.answers import Failure, answer, done, text
from channels.wecom.errcodes import ERRCODES, TOO_FREQUENT
from channels.wecom.robot_messages import RobotMessage, body
from conversations.address import Channel

SEND = "cgi-bin/webhook/send"
UPLOAD = "cgi-bin/webhook/upload_media"
_SECONDS = 5.0


class RobotMedia(StrEnum):
    """What a robot can upload."""

    FILE = "file"
    VOICE = "voice"


_SIZES = {RobotMedia.FILE: sizes.ROBOT_FILE, RobotMedia.VOICE: sizes.ROBOT_VOICE}


class GroupRobot:
    """One robot. Never raises for anything the network or the platform does.

    Nothing tells a repeated post from a second one, so one whose answer was lost is OutcomeUnknown. A robot that
    was removed, switched off or put out of its group (93000, 93004, 93008) is Refused: stop using this key.
    """

    def __init__(
        self,
        api_base: str,
        session: aiohttp.ClientSession,
        key: SecretStr,
        *,
        calls: CallGate | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        self._http = HttpApi(api_base, session, Channel.WECOM, ERRCODES)
        self._key = key
        self._calls = calls
        self._seconds = seconds

    @property
    def scope(self) -> str:
        """What the robot's calls are counted under: told from other robots, and no way back to the key."""
        return hashlib.sha256(self._key.get_secret_value().encode()).hexdigest()[:16]

    async def send(self, message: RobotMessage) -> Sent | Failure:
        """Posts one message; NotSent with ``retry_after`` when the robot has had its twenty in a minute."""
        said = body(message)
        if isinstance(said, Refused):
            return said
        held = await self._held(SEND)
        if held is not None:
            return held
        result = await self._http.call(SEND, said, params=self._params(), seconds=self._seconds)
        if self._calls is not None and isinstance(result, Answered) and result.code == TOO_FREQUENT:
            await self._calls.blocked(SEND, self.scope)
        return done(result, repeatable=False)

    async def upload(self, kind: RobotMedia, content: bytes, name: str) -> str | Failure:
        """The media id of a file or an AMR voice: three days good, for this robot only."""
        problem = misfit((_SIZES[kind], content))
        if problem is not None:
            return problem
        held = await self._held(UPLOAD)
        if held is not None:
            return held
        media_type = "audio/amr" if kind is RobotMedia.VOICE else "application/octet-stream"
        file = Upload(content=content, name=name, media_type=media_type)
        params = {**self._params(), "type": kind.value}
        result: Result = await self._http.upload(UPLOAD, file, params=params, seconds=self._seconds)
        given = answer(result)
        return text(given, "media_id") if not isinstance(given, Failure) else given

    async def _held(self, path: str) -> NotSent | None:
        wait = 0.0 if self._calls is None else await self._calls.may_call(path, self.scope)
        return NotSent(reason="the robot's limit is used up", retry_after=wait) if wait > 0 else None

    def _params(self) -> dict[str, str]:
        return {"key": self._key.get_secret_value()}
