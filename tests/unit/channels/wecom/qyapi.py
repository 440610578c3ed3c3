"""A QyApi that reaches nobody: scripted answers, and a record of what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.calls import Answered, DownloadResult, Result, Upload
from channels.outcomes import NotSent
from channels.wecom.api import QyApi


@dataclass(frozen=True)
class Asked:
    path: str
    body: Mapping[str, object] | None
    params: Mapping[str, str]
    scope: str
    file: Upload | None = None


def ok(**fields: object) -> Answered:
    return Answered(code=0, message="ok", body={"errcode": 0, "errmsg": "ok", **fields})


def errcode(code: int) -> Answered:
    return Answered(code=code, message="no", body={"errcode": code})


class FakeQyApi(QyApi):
    """``answers`` are given in turn, then "ok" for ever."""

    def __init__(self, *answers: Result) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []

    async def call(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        scope: str = "",
    ) -> Result:
        self.asked.append(Asked(path, body, params or {}, scope))
        return self.answers.pop(0) if self.answers else ok()

    async def upload(
        self,
        path: str,
        file: Upload,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        scope: str = "",
    ) -> Result:
        self.asked.append(Asked(path, None, params or {}, scope, file))
        return self.answers.pop(0) if self.answers else ok()

    async def download(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        max_bytes: int,
        scope: str = "",
    ) -> DownloadResult:
        return NotSent(reason="nothing to download here")
