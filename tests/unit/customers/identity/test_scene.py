"""Scenes that the mall signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from customers.identity.scene import LONGEST_MALL_ID, SceneSigner

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
SIGNER = SceneSigner("s" * 32)


def test_a_signed_scene_names_the_malls_customer_until_it_expires() -> None:
    scene = SIGNER.signed("M_20-017", NOW + timedelta(minutes=15))
    assert SIGNER.mall_id_of(scene, NOW) == "M_20-017"
    assert SIGNER.mall_id_of(scene, NOW + timedelta(minutes=15)) == "M_20-017"
    assert SIGNER.mall_id_of(scene, NOW + timedelta(minutes=15, seconds=1)) is None


def test_the_longest_fits_a_qr_code() -> None:
    longest = SIGNER.signed("M" * LONGEST_MALL_ID, datetime(2100, 1, 1, tzinfo=UTC))
    assert len(longest) <= 64
    for mall_id in ("", "M" * (LONGEST_MALL_ID + 1), "M.7", "张三"):
        with pytest.raises(ValueError, match="mall id"):
            SIGNER.signed(mall_id, NOW)


def test_what_is_not_signed_names_nobody() -> None:
    scene = SIGNER.signed("M7", NOW)
    version, mall_id, expires, signature = scene.split(".")
    tries = {
        "another id": f"{version}.M8.{expires}.{signature}",
        "a later end": f"{version}.{mall_id}.zzzzzz.{signature}",
        "another secret": SceneSigner("t" * 32).signed("M7", NOW),
        "no signature": f"{version}.{mall_id}.{expires}.",
        "another version": scene.replace("x1", "x2", 1),
        "plain": "from_poster",
        "empty": "",
        "no ASCII": f"{version}.{mall_id}.{expires}.签名",
    }
    assert {name: SIGNER.mall_id_of(each, NOW) for name, each in tries.items()} == dict.fromkeys(tries)
