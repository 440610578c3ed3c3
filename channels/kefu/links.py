"""Links that open a 微信客服 chat (WeCom 94665 获取客服账号链接). Pure."""

from __future__ import annotations

from urllib.parse import quote

from channels.limits import sizes


def checked_scene(scene: str) -> str:
    """``scene`` as add_contact_way takes it: up to 32 letters, digits, ``_`` and ``-``. Raises ValueError."""
    if len(scene) > sizes.KEFU_SCENE.most or not all(
        char.isascii() and (char.isalnum() or char in "_-") for char in scene
    ):
        raise ValueError("a scene is up to 32 letters, digits, _ and -")
    return scene


def with_scene_param(url: str, param: str) -> str:
    """``url`` carrying ``param``, which comes back in enter_session's scene_param.

    Raises ValueError when ``param`` is longer than 128 bytes once it is urlencoded.
    """
    encoded = quote(param, safe="")
    if len(encoded) > sizes.KEFU_SCENE_PARAM.most:
        raise ValueError(
            f"scene_param is {len(encoded)} bytes urlencoded, {sizes.KEFU_SCENE_PARAM.most} are allowed"
        )
    if not encoded:
        return url
    return f"{url}{'&' if '?' in url else '?'}scene_param={encoded}"
