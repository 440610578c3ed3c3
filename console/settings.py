"""The ``console`` section of config.yml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ConsoleSettings(BaseModel):
    """The pages for the shop's own people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Whether /console is served.")
    session_hours: float = Field(
        default=12.0, gt=0, le=24 * 30, description="Who signed in this long ago signs in again, busy or not."
    )
    idle_minutes: float = Field(
        default=60.0, gt=0, le=24 * 60, description="Who did nothing for this long signs in again."
    )
    wecom_login: bool = Field(
        default=False,
        description="Offers signing in by scanning with 企业微信. Needs wecom, and 企业微信授权登录 of the app.",
    )
    wecom_login_base: str = Field(
        default="https://login.work.weixin.qq.com",
        pattern=r"^https?://[^/\s?#@]+$",
        description="Scheme and host of the page with the QR code; no slash at the end.",
    )
    secure_cookies: bool | None = Field(
        default=None, description="Cookies over https only. null: when web.public_url begins with https."
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies of yours stand before us, each adding to X-Forwarded-For. "
        "0: the header is not believed.",
    )
