"""The ``console`` section of config.yml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

SecondFactorMode = Literal["off", "asked", "required"]
_SHORTEST_KEY = 32


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
    key: SecretStr | None = Field(
        default=None,
        description="Encrypts the secrets of the second factor. 32 characters or more. Environment only.",
    )
    second_factor: SecondFactorMode = Field(
        default="off",
        validate_default=True,
        description="A code of an authenticator app before sensitive acts. asked: of who has set it up; required: "
        "who has not cannot do them. Needs key.",
    )
    second_factor_minutes: float = Field(
        default=10.0,
        gt=0,
        le=24 * 60,
        description="For so long a session is not asked again before personal data is shown.",
    )

    @field_validator("key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"is shorter than {_SHORTEST_KEY} characters; `openssl rand -hex 32` makes one")
        return key

    @field_validator("second_factor", mode="before")
    @classmethod
    def _read(cls, mode: object) -> object:
        """YAML reads a bare off as false."""
        return "off" if mode is False else mode

    @field_validator("second_factor")
    @classmethod
    def _has_a_key(cls, mode: SecondFactorMode, info: ValidationInfo) -> SecondFactorMode:
        if mode != "off" and info.data.get("key") is None:
            raise ValueError(
                "needs a key; set the environment variable XIAOER_CONSOLE__KEY, for example to `openssl rand -hex 32`"
            )
        return mode
