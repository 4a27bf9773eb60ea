"""Editing one peer leaves every byte of the rest as it was."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.wireguard.conffile import MARK, ConfFile
from tns.engines.wireguard.errors import UnexpectedOutput
from tns.engines.wireguard.peer import PeerSpec


def key(number: int) -> str:
    return base64.b64encode(number.to_bytes(32, "big")).decode()


def spec(number: int = 7, *, name: str = "Clínica Norte", ip: str = "10.8.3.7/32", psk: bool = True) -> PeerSpec:
    return PeerSpec.checked(
        public_key=key(number), allowed_ips=[ip], preshared_key=key(number + 100) if psk else "", name=name
    )


HAND_MADE = f"""# servidor de la oficina
[Interface]
Address = 10.8.3.1/24   # no tocar
PrivateKey = {key(1)}
ListenPort = 51820
PostUp = iptables -A FORWARD -i %i -j ACCEPT; echo [Peer] = no

### Client pedro
[Peer]
PublicKey = {key(2)}
# instalado en 2024
AllowedIPs = 10.8.3.2/32, 192.168.5.0/24
PersistentKeepalive=25

[peer]
publickey={key(3)} # la bodega
AllowedIPs=10.8.3.3
""".encode()

_COMMENT = st.text(st.characters(blacklist_characters="\n\r\0", blacklist_categories=["Cs"]), max_size=20)
_OTHER_PEER = st.tuples(st.integers(20, 60), st.booleans(), _COMMENT).map(
    lambda it: (
        f"{'# ' + it[2] if it[1] else ''}\n[Peer]\nPublicKey = {key(it[0])}\nAllowedIPs = 10.9.0.{it[0]}/32\n".encode()
    )
)
_PIECE = st.one_of(
    _OTHER_PEER, _COMMENT.map(lambda text: f"# {text}\n".encode()), st.just(b"\n"), st.just(b"#\xff\xfe caf\xe9\n")
)
_FILES = st.lists(_PIECE, max_size=8).map(lambda pieces: b"[Interface]\nListenPort = 51820\n" + b"".join(pieces))
_ENDINGS = st.sampled_from([b"\n", b"\r\n"])


@given(_FILES, _ENDINGS)
def test_adding_and_removing_gives_back_the_same_bytes(content: bytes, ending: bytes) -> None:
    content = content.replace(b"\n", ending)
    conf = ConfFile(content)
    conf.set_peer(spec())
    assert bytes(conf).startswith(content)
    assert conf.remove_peer(key(7))
    assert bytes(conf) == content


@given(_FILES)
def test_adding_twice_is_adding_once(content: bytes) -> None:
    conf = ConfFile(content)
    conf.set_peer(spec())
    once = bytes(conf)
    again = ConfFile(once)
    again.set_peer(spec())
    assert bytes(again) == once


@given(st.lists(_PIECE, max_size=5).map(b"".join), st.lists(_PIECE, max_size=5).map(b"".join))
def test_changing_a_peer_in_the_middle_touches_only_its_lines(before: bytes, after: bytes) -> None:
    own = ConfFile(b"[Interface]\n" + before)
    own.set_peer(spec())
    conf = ConfFile(bytes(own) + after)
    conf.set_peer(spec(ip="10.8.3.99/32", psk=False))
    mine = f"PublicKey = {key(7)}\nAllowedIPs = 10.8.3.99/32\n".encode()
    start = bytes(own).index(f"PublicKey = {key(7)}".encode())
    assert bytes(conf) == bytes(own)[:start] + mine + after


@given(st.binary(max_size=300))
def test_any_bytes_are_either_kept_whole_or_refused(content: bytes) -> None:
    try:
        conf = ConfFile(content)
    except UnexpectedOutput:
        assert b"\0" in content
        return
    assert bytes(conf) == content
    conf.peers()
    conf.interface()
    conf.remove_peer(key(7))
    assert bytes(conf) == content


def test_reads_the_peers_a_person_wrote() -> None:
    conf = ConfFile(HAND_MADE)
    peers, unreadable = conf.peers()
    assert [(peer.name, [str(ip) for ip in peer.allowed_ips], peer.keepalive) for peer in peers] == [
        ("pedro", ["10.8.3.2/32", "192.168.5.0/24"], 25),
        ("", ["10.8.3.3/32"], None),
    ]
    assert unreadable == ()
    assert conf.interface().addresses == ("10.8.3.1/24",)
    assert conf.interface().listen_port == 51820


@pytest.mark.parametrize(
    "comment",
    [
        "# ana",
        "### Client ana",
        "# Client: ana",
        "# Name = ana",
        "# BEGIN_PEER ana",
        "### begin ana ###",
        "#friendly_name=ana",
    ],
)
def test_finds_the_name_however_it_was_written(comment: str) -> None:
    conf = ConfFile(f"[Interface]\n\n{comment}\n[Peer]\nPublicKey = {key(2)}\n".encode())
    assert [peer.name for peer in conf.peers()[0]] == ["ana"]


def test_removing_a_hand_made_peer_keeps_its_comments() -> None:
    conf = ConfFile(HAND_MADE)
    conf.remove_peer(key(2))
    text = bytes(conf).decode()
    assert key(2) not in text
    assert "### Client pedro" in text
    assert "# instalado en 2024" in text
    assert key(3) in text


def test_a_rotated_key_takes_the_place_of_the_old_one() -> None:
    conf = ConfFile(HAND_MADE)
    conf.set_peer(spec(8, ip="10.8.3.2/32"), replaces=key(2))
    assert key(2).encode() not in bytes(conf)
    assert [peer.public_key for peer in conf.peers()[0]] == [key(8), key(3)]


def test_the_same_key_twice_becomes_one_section() -> None:
    twice = HAND_MADE + f"\n[Peer]\nPublicKey = {key(2)}\nAllowedIPs = 10.8.3.9/32\n".encode()
    conf = ConfFile(twice)
    conf.set_peer(spec(2, ip="10.8.3.2/32"))
    assert bytes(conf).count(key(2).encode()) == 1


def test_a_renamed_peer_renames_its_mark() -> None:
    conf = ConfFile(HAND_MADE)
    conf.set_peer(spec(name="Uno"))
    conf.set_peer(spec(name="Dos"))
    assert (MARK + "Dos\n").encode() in bytes(conf)
    assert b"Uno" not in bytes(conf)


def test_a_file_without_final_newline_gets_one_before_the_new_peer() -> None:
    conf = ConfFile(HAND_MADE.rstrip(b"\n"))
    conf.set_peer(spec())
    assert bytes(conf).startswith(HAND_MADE)


def test_unreadable_peers_are_told_by_their_line() -> None:
    assert ConfFile(b"[Interface]\n\n[Peer]\nPublicKey = no\n").peers() == ((), (3,))


def test_an_enormous_file_is_refused() -> None:
    with pytest.raises(UnexpectedOutput):
        ConfFile(b"#" * (4 * 1024 * 1024 + 1))
