"""The customer's file: what WireGuard's own tools read, and its QR."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tns.engines.wireguard import clientconf, keys
from tns.engines.wireguard.clientconf import ClientConf
from tns.engines.wireguard.errors import InvalidValue


def conf(**changes: object) -> ClientConf:
    values: dict[str, object] = {
        "name": "Clínica del Norte",
        "private_key": keys.new_key_pair().private,
        "addresses": ["10.8.3.10/32", "fd00:8:3::a/128"],
        "server_public_key": keys.new_key_pair().public,
        "endpoint": "vpn.ejemplo.co:51820",
        "allowed_ips": ["10.8.3.0/24", "fd00:8:3::/64"],
        "preshared_key": keys.new_preshared_key(),
        "dns": ["10.8.3.1"],
        "mtu": 1420,
        "keepalive": 25,
    }
    return ClientConf.checked(**{**values, **changes})  # type: ignore[arg-type]


def test_the_file_says_everything() -> None:
    made = conf()
    assert made.render().splitlines() == [
        "# Clínica del Norte",
        "[Interface]",
        f"PrivateKey = {made.private_key}",
        "Address = 10.8.3.10/32, fd00:8:3::a/128",
        "DNS = 10.8.3.1",
        "MTU = 1420",
        "",
        "[Peer]",
        f"PublicKey = {made.server_public_key}",
        f"PresharedKey = {made.preshared_key}",
        "Endpoint = vpn.ejemplo.co:51820",
        "AllowedIPs = 10.8.3.0/24, fd00:8:3::/64",
        "PersistentKeepalive = 25",
    ]


@pytest.mark.skipif(not shutil.which("wg-quick"), reason="wireguard-tools is not installed")
@pytest.mark.skipif(os.geteuid() != 0, reason="wg-quick needs root")
def test_wg_quick_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tunel.conf"
    path.write_text(conf().render())
    path.chmod(0o600)
    answer = subprocess.run(["wg-quick", "strip", str(path)], capture_output=True, text=True, check=True)
    assert "Endpoint = vpn.ejemplo.co:51820" in answer.stdout


def test_a_customer_who_keeps_the_key_finds_where_to_put_it() -> None:
    assert f"PrivateKey = {clientconf.KEY_PLACEHOLDER}\n" in conf(private_key="").render()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a\nPostUp = id"},
        {"endpoint": "h:1\nPostUp = id"},
        {"dns": ["1.1.1.1\nPostUp=id"]},
        {"mtu": 1},
        {"addresses": []},
    ],
)
def test_nothing_can_be_smuggled_into_the_file(change: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        conf(**change)


def test_the_file_never_shows_its_keys_in_a_repr() -> None:
    made = conf()
    assert made.private_key not in repr(made)
    assert made.preshared_key not in repr(made)


def test_qr_comes_as_svg_and_png() -> None:
    text = conf().render()
    assert clientconf.qr_svg(text).startswith(b"<svg")
    assert clientconf.qr_png(text).startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Clínica del Norte #1", "clinica-del-nor.conf"), ("***", "tunel.conf"), ("Ñandú", "nandu.conf")],
)
def test_file_names_are_interface_names(name: str, expected: str) -> None:
    assert clientconf.file_name(name) == expected
