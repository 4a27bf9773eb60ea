"""One peer at a time on a real server: real sshd, real `wg`, real interface; root and namespaces needed."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engines.wireguard.sshd import IS_ROOT, SSHD, SUDO, SSHServer
from tests.engines.wireguard.world import World
from tests.espera import wait_until
from tns.engines.wireguard import keys
from tns.engines.wireguard.errors import (
    AddressTaken,
    FileChanged,
    RemoteFailure,
    SSHError,
    SSHTimeout,
    SudoRefused,
    UnexpectedOutput,
)
from tns.engines.wireguard.peer import PeerSpec
from tns.engines.wireguard.reconcile import DriftKind, compare
from tns.engines.wireguard.remote import RemoteWireGuard
from tns.engines.wireguard.ssh import SSHSession

pytestmark = pytest.mark.wireguard


def spec(
    ip: str = "10.8.3.10/32", *, public_key: str = "", psk: bool = True, name: str = "Clínica «Norte» $(id)"
) -> PeerSpec:
    return PeerSpec.checked(
        public_key=public_key or keys.new_key_pair().public,
        allowed_ips=[ip] if ip else [],
        preshared_key=keys.new_preshared_key() if psk else "",
        keepalive=25,
        name=name,
    )


def test_apply_reaches_interface_and_file_and_leaves_the_rest(world: World) -> None:
    before, mode = world.wg.file.read_bytes(), world.wg.file.stat().st_mode
    peer = spec()
    with world.remote() as remote:
        remote.apply(peer)
        live = remote.state().peer(peer.public_key)
    assert live is not None
    assert [str(ip) for ip in live.allowed_ips] == ["10.8.3.10/32"]
    assert [peer.public_key, peer.preshared_key] in world.wg.show("preshared-keys")
    assert world.wg.file.read_bytes().startswith(before)
    assert world.wg.file.stat().st_mode == mode
    assert world.wg.peers()[world.wg.hand_made.public] == "10.8.3.2/32"
    assert list(world.wg.file.parent.glob(".tns-*")) == []


def test_applying_twice_changes_nothing_the_second_time(world: World) -> None:
    peer = spec()
    with world.remote() as remote:
        remote.apply(peer)
        once = world.wg.file.stat()
        remote.apply(peer)
    assert world.wg.file.stat().st_mtime_ns == once.st_mtime_ns
    assert world.wg.file.stat().st_ino == once.st_ino


def test_remove_undoes_apply_byte_for_byte(world: World) -> None:
    before = world.wg.file.read_bytes()
    peer = spec()
    with world.remote() as remote:
        remote.apply(peer)
        remote.remove(peer.public_key)
        remote.remove(peer.public_key)
    assert world.wg.file.read_bytes() == before
    assert set(world.wg.peers()) == {world.wg.hand_made.public}


def test_a_waiting_key_has_no_address_until_it_replaces_the_old_one(world: World) -> None:
    old, waiting = spec(), spec("")
    new = PeerSpec.checked(
        public_key=waiting.public_key, allowed_ips=["10.8.3.10/32"], preshared_key=waiting.preshared_key, keepalive=25
    )
    with world.remote() as remote:
        remote.apply(old)
        remote.apply(waiting)
        assert world.wg.peers()[waiting.public_key] == "(none)"
        assert world.wg.peers()[old.public_key] == "10.8.3.10/32"
        remote.apply(new, replaces=old.public_key)
        assert world.wg.peers() == {world.wg.hand_made.public: "10.8.3.2/32", new.public_key: "10.8.3.10/32"}
        left = compare([new], [old.public_key], remote.read())
    assert {drift.public_key for drift in left} == {world.wg.hand_made.public}


def test_an_address_of_another_peer_is_never_taken_away(world: World) -> None:
    before = world.wg.file.read_bytes()
    with world.remote() as remote, pytest.raises(AddressTaken, match=r"10\.8\.3\.2"):
        remote.apply(spec("10.8.3.2/32"))
    assert world.wg.peers() == {world.wg.hand_made.public: "10.8.3.2/32"}
    assert world.wg.file.read_bytes() == before


def test_owner_and_mode_of_the_file_survive_and_a_link_stays_a_link(world: World, tmp_path: Path) -> None:
    real = tmp_path / "real.conf"
    world.wg.file.rename(real)
    real.chmod(0o640)
    os.chown(real, 4002, 4002)
    world.wg.file.symlink_to(real)
    with world.remote() as remote:
        remote.apply(spec())
    assert world.wg.file.is_symlink()
    assert (real.stat().st_uid, real.stat().st_gid, real.stat().st_mode & 0o777) == (4002, 4002, 0o640)


def test_an_edit_by_another_hand_at_the_same_time_is_kept(world: World) -> None:
    # The first `wg set` of the server appends to the file as a person would, between our reading and our writing.
    flag = world.ssh.folder / "once"
    flag.touch()
    world.ssh.command(
        "cp", f'[ -e {flag} ] && rm {flag} && echo "# escrito a mano" >> {world.wg.file}\nexec /bin/cp "$@"\n'
    )
    peer = spec()
    with world.remote() as remote:
        remote.apply(peer)
    text = world.wg.file.read_text()
    assert "# escrito a mano\n" in text
    assert peer.public_key in text


def test_several_sessions_at_the_same_time_lose_nothing_of_each_other(world: World) -> None:
    # As when a worker dies and its script goes on there while another worker begins: no lock of ours keeps them apart.
    world.ssh.command("wg", '[ "$1" = set ] && sleep 0.3\nexec /usr/bin/wg "$@"\n')
    peers = [spec(f"10.8.3.{number}/32") for number in (10, 11, 12)]

    def apply(peer: PeerSpec) -> None:
        with world.remote() as remote:
            remote.apply(peer)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(apply, peers))
    text = world.wg.file.read_text()
    assert all(peer.public_key in text for peer in peers)
    assert {peer.public_key for peer in peers} < set(world.wg.peers())


def test_a_file_that_never_stops_changing_is_left_alone(world: World) -> None:
    world.ssh.command("cp", f'echo "# otra vez" >> {world.wg.file}\nexec /bin/cp "$@"\n')
    peer = spec()
    with world.remote() as remote, pytest.raises(FileChanged):
        remote.apply(peer)
    assert peer.public_key not in world.wg.peers()
    assert peer.public_key not in world.wg.file.read_text()


def test_a_cut_between_wg_set_and_the_file_is_a_drift_that_a_second_apply_repairs(world: World) -> None:
    flag = world.cut_after_wg_set()
    before, peer = world.wg.file.read_bytes(), spec()
    with pytest.raises(SSHError) as caught, world.remote() as remote:
        remote.apply(peer)
    assert caught.value.codigo_estable == "ssh_cortado"
    assert wait_until(lambda: not flag.exists())
    assert peer.public_key in world.wg.peers()
    assert world.wg.file.read_bytes() == before
    with world.remote() as remote:
        drifts = compare([peer], [], remote.read())
        assert [drift.kind for drift in drifts if drift.public_key == peer.public_key] == [DriftKind.MISSING_FILE]
        remote.apply(peer)
        assert [drift for drift in compare([peer], [], remote.read()) if drift.public_key == peer.public_key] == []


def test_a_cut_in_the_middle_of_the_transfer_changes_nothing(world: World) -> None:
    # `cat` of the incoming file ends early, as when the connection breaks: the checksum tells.
    world.ssh.command("cat", '[ "$#" -gt 0 ] && exec /bin/cat "$@"\nhead -c 10\n')
    before, peer = world.wg.file.read_bytes(), spec()
    with world.remote() as remote, pytest.raises(RemoteFailure) as caught:
        remote.apply(peer)
    assert caught.value.codigo_estable == "ssh_cortado"
    assert peer.public_key not in world.wg.peers()
    assert world.wg.file.read_bytes() == before
    assert list(world.wg.file.parent.glob(".tns-*")) == []


@pytest.mark.skipif(SUDO is None, reason="sudo is not installed")
def test_sudo_without_password_is_enough(world: World) -> None:
    peer = spec()
    with world.remote("operador", sudo=True) as remote:
        assert remote.probe().problems == ()
        remote.apply(peer)
    assert peer.public_key in world.wg.peers()
    assert peer.public_key in world.wg.file.read_text()
    assert world.wg.file.owner() == "root"


@pytest.mark.skipif(SUDO is None, reason="sudo is not installed")
def test_sudo_refused_is_told_and_changes_nothing(world: World) -> None:
    before = world.wg.file.read_bytes()
    with world.remote("cliente", sudo=True) as remote:
        with pytest.raises(SudoRefused):
            remote.apply(spec())
        with pytest.raises(SudoRefused):
            remote.probe()
    assert world.wg.file.read_bytes() == before


@pytest.mark.skipif(IS_ROOT or not SUDO or not SSHD, reason="for an ordinary user with sudo and openssh-server")
def test_an_ordinary_user_whom_sudo_refuses_is_told_so(tmp_path: Path) -> None:
    if subprocess.run([str(SUDO), "-n", "true"], capture_output=True, check=False).returncode == 0:
        pytest.skip("this user may use sudo")
    with SSHServer(tmp_path / "sshd") as server, SSHSession(server.target()) as session, pytest.raises(SudoRefused):
        RemoteWireGuard(session, "wg0", "/etc/wireguard/wg0.conf", True).probe()


def test_a_user_without_rights_is_told_so_by_the_probe(world: World) -> None:
    with world.remote("cliente") as remote:
        problems = " ".join(remote.probe().problems)
        assert "no es administrador" in problems
        assert "No hay permiso para escribir" in problems
        with pytest.raises(RemoteFailure) as caught:
            remote.state()
    assert caught.value.codigo_estable == "interfaz_no_disponible"


def test_the_probe_says_what_it_found(world: World) -> None:
    with world.remote() as remote:
        found = remote.probe()
    assert found.problems == ()
    assert found.is_root
    assert found.interface_up
    assert found.addresses == ("10.8.3.1/24",)
    assert {"wg", "wg-quick"} <= set(found.tools)
    assert found.wg_version.startswith("v")


def test_a_server_without_interface_or_file_is_told_so(world: World) -> None:
    world.namespace.ip("link", "delete", world.wg.interface)
    world.wg.file.unlink()
    with world.remote() as remote:
        problems = " ".join(remote.probe().problems)
        assert "no responde" in problems
        assert "No se encuentra el archivo" in problems
        with pytest.raises(RemoteFailure) as caught:
            remote.read()
    assert caught.value.codigo_estable == "archivo_no_disponible"


@pytest.mark.parametrize("output", ["basura", "a\\tb\\tc\\td", "\\377\\376", ""])
def test_malformed_output_of_wg_is_refused(world: World, output: str) -> None:
    world.ssh.command("wg", f'[ "$1" = show ] && {{ printf "{output}\\n"; exit 0; }}\nexec /usr/bin/wg "$@"\n')
    before = world.wg.file.read_bytes()
    with world.remote() as remote:
        with pytest.raises(UnexpectedOutput):
            remote.state()
        with pytest.raises(UnexpectedOutput):
            remote.apply(spec())
    assert world.wg.file.read_bytes() == before


def test_a_wg_that_hangs_is_left_within_the_limit(world: World) -> None:
    world.ssh.command("wg", "sleep 600\n")
    with world.remote(seconds=1) as remote, pytest.raises(SSHTimeout):
        remote.state()


def test_a_refused_wg_set_leaves_the_file_as_it_was(world: World) -> None:
    world.ssh.command(
        "wg", '[ "$1" = set ] && { echo "Operation not permitted" >&2; exit 1; }\nexec /usr/bin/wg "$@"\n'
    )
    before = world.wg.file.read_bytes()
    with world.remote() as remote, pytest.raises(RemoteFailure) as caught:
        remote.apply(spec())
    assert (caught.value.codigo_estable, caught.value.tecnico) == ("wg_set_rechazado", "Operation not permitted\n")
    assert world.wg.file.read_bytes() == before


def test_what_a_hostile_server_says_can_be_stored_and_shown(world: World) -> None:
    world.ssh.command("wg", 'printf "mal\\000\\033[31m\\007" >&2; printf "v\\000x\\tx\\n"; exit 9\n')
    with world.remote() as remote:
        with pytest.raises(RemoteFailure) as caught:
            remote.state()
        found = remote.probe()
    for text in (str(caught.value.tecnico), str(found.problems), found.wg_version):
        assert not {"\0", "\x1b", "\x07"} & set(text)


def test_both_families_of_addresses_are_applied(world: World) -> None:
    peer = PeerSpec.checked(
        public_key=keys.new_key_pair().public, allowed_ips=["10.8.3.10/32", "fd00:8:3::a/128"], name="Doble"
    )
    with world.remote() as remote:
        remote.apply(peer)
        assert [drift for drift in compare([peer], [], remote.read()) if drift.public_key == peer.public_key] == []
    assert world.wg.peers()[peer.public_key] == "10.8.3.10/32 fd00:8:3::a/128"


def test_secrets_are_never_in_a_command_line(world: World) -> None:
    trace = world.ssh.folder / "argv"
    world.ssh.command(
        "wg", f'printf "%s " "$@" >> {trace}; cat /proc/$PPID/cmdline >> {trace}\nexec /usr/bin/wg "$@"\n'
    )
    peer = spec()
    with world.remote() as remote:
        remote.apply(peer)
        remote.remove(peer.public_key)
    seen = trace.read_text(errors="replace")
    assert peer.public_key in seen
    assert peer.preshared_key not in seen
    assert world.wg.pair.private not in seen
    assert world.wg.pair.private not in world.ssh.log() + repr(peer)


def test_the_interface_private_key_never_leaves_in_a_state(world: World) -> None:
    with world.remote() as remote:
        answer = repr(remote.state()) + repr(remote.read().live)
    assert world.wg.pair.private not in answer
