"""Nothing with a meaning for a shell or a line of a file passes the gate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.wireguard import values
from tns.engines.wireguard.errors import InvalidValue

GATES: list[Callable[[str], object]] = [
    values.interface_name,
    values.user_name,
    values.host,
    values.endpoint,
    values.ipv6,
    values.conf_path,
    values.key,
    values.network,
]
HARMFUL = set(" \t\n\r\0'\"`$;&|<>(){}*?!#~\\")


@pytest.mark.parametrize("gate", GATES)
@given(
    text=st.text(max_size=40)
    | st.sampled_from(["wg0", "a.b:1", "/e/w.conf", "10.0.0.1"]).flatmap(
        lambda a: st.text(max_size=3).map(lambda b: a + b)
    )
)
def test_what_passes_holds_nothing_harmful(gate: Callable[[str], object], text: str) -> None:
    try:
        passed = str(gate(text))
    except InvalidValue:
        return
    assert not HARMFUL & set(passed)
    assert not passed.startswith("-")
    assert passed.isascii()


@pytest.mark.parametrize("name", ["wg0; reboot", "-wg0", "../wg0", "..", "wg0\n", "", "interfazdemasiadolarga", "a/b"])
def test_bad_interface_names(name: str) -> None:
    with pytest.raises(InvalidValue):
        values.interface_name(name)


@pytest.mark.parametrize(
    "path",
    ["wg0.conf", "/etc/../shadow.conf", "/etc/wg0", "/etc/w g.conf", "/etc/wg0.conf\n", "/e/$(id).conf", "//a.conf"],
)
def test_bad_paths(path: str) -> None:
    with pytest.raises(InvalidValue):
        values.conf_path(path)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("vpn.ejemplo.co:51820", "vpn.ejemplo.co:51820"),
        ("[2001:DB8::1]:51820", "[2001:db8::1]:51820"),
        ("1.2.3.4:1", "1.2.3.4:1"),
    ],
)
def test_good_endpoints(text: str, canonical: str) -> None:
    assert values.endpoint(text) == canonical


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x1bb", "x" * 81, "a\u202eb"])
def test_names_are_one_visible_line(name: str) -> None:
    with pytest.raises(InvalidValue):
        values.peer_name(name)
