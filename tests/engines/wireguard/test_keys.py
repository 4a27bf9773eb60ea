"""Keys are the ones `wg` itself would derive."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tns.engines.wireguard import keys
from tns.engines.wireguard.errors import InvalidValue


def test_public_key_matches_the_vector_of_rfc_7748() -> None:
    # RFC 7748 §6.1, Alice's pair, in base64
    assert (
        keys.public_key("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=")
        == "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="
    )


@pytest.mark.skipif(not shutil.which("wg"), reason="wireguard-tools is not installed")
def test_wg_derives_the_same_public_key() -> None:
    pair = keys.new_key_pair()
    answer = subprocess.run(["wg", "pubkey"], input=pair.private, text=True, capture_output=True, check=True)
    assert answer.stdout.strip() == pair.public


def test_pairs_and_preshared_keys_are_never_the_same() -> None:
    pairs = [keys.new_key_pair() for _ in range(20)]
    assert len({pair.private for pair in pairs} | {keys.new_preshared_key() for _ in range(20)}) == 40


def test_a_pair_never_shows_its_private_key() -> None:
    pair = keys.new_key_pair()
    assert pair.private not in repr(pair)


@pytest.mark.parametrize(
    "text", ["", "hola", "A" * 44, "A" * 42 + "B=", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n"]
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        keys.public_key(text)
