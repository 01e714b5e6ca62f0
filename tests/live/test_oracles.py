"""Other tools on the same situations, where they are right."""

import re
from pathlib import Path

import pytest

from tests.live.commandline import only, place, show, snapshot, words
from tests.live.conftest import Play

pytestmark = pytest.mark.needs("ss")

USER = re.compile(r"pid=(\d+),fd=(\d+)")


def ss_rows(options: str, ino: int) -> list[str]:
    """Rows of ss that name a socket inode."""
    return [line for line in words("ss", "-H", "-O", "-e", options).splitlines() if f"ino:{ino} " in f"{line} "]


def test_addresses_state_and_holders_of_a_listener_agree_with_ss(play: Play) -> None:
    truth = play("shared_listener")
    pids = [truth["pid"], truth["waiting"]["pid"], truth["holding"]["pid"]]
    (row,) = ss_rows("-tanp", truth["listener"]["ino"])
    state, _, backlog, local, _ = row.split()[:5]
    picture = snapshot(*pids)
    listener = only(socket for socket in picture["sockets"] if socket["ino"] == truth["listener"]["ino"])
    assert (listener["state"], listener["local"], str(listener["backlog"])) == (state, local, backlog)
    holders = {(int(pid), int(fd)) for pid, fd in USER.findall(row)}
    one = {row["object"] for row in picture["descriptors"] if place(row) in holders}
    assert len(one) == 1
    assert holders == {place(row) for row in picture["descriptors"] if row["object"] in one}


def test_both_ends_of_a_connection_agree_with_ss(play: Play) -> None:
    truth = play("tcp_connection", "v4")
    sockets = {socket["ino"]: socket for socket in snapshot(truth["pid"], truth["client"]["pid"])["sockets"]}
    for end in (truth["accepted"], truth["client"]):
        (row,) = ss_rows("-tanp", end["ino"])
        state, recv_q, send_q, local, remote = row.split()[:5]
        ours = sockets[end["ino"]]
        assert ours["state"] == {"ESTAB": "ESTABLISHED"}.get(state, state)
        assert (ours["local"], ours["remote"]) == (local, remote)
        assert (ours["recv_q"], ours["send_q"]) == (int(recv_q), int(send_q))


def test_the_unix_peer_agrees_with_ss(play: Play, tmp_path: Path) -> None:
    truth = play("unix_stream", tmp_path / "s.sock")
    sockets = {socket["ino"]: socket for socket in snapshot(truth["pid"], truth["client"]["pid"])["sockets"]}
    rows = words("ss", "-H", "-O", "-xapn").splitlines()
    for end in (truth["accepted"], truth["client"]):
        # Columns: netid state recv-q send-q local inode * peer-inode users
        row = next(columns for columns in map(str.split, rows) if columns[5:6] == [str(end["ino"])])
        assert sockets[end["ino"]]["peer_ino"] == int(row[7])


def test_addresses_of_udp_sockets_agree_with_ss(play: Play) -> None:
    truth = play("udp_pair")
    sockets = {socket["ino"]: socket for socket in snapshot()["sockets"]}
    for end in (truth["ours"], truth["theirs"]):
        (row,) = ss_rows("-uapn", end["ino"])
        ours = sockets[end["ino"]]
        assert [ours["local"], ours["remote"]] == row.split()[3:5]
        assert {(int(pid), int(fd)) for pid, fd in USER.findall(row)} == {place(end)}


@pytest.mark.needs("lsof", "unix_diag")
def test_both_ends_of_a_unix_connection_agree_with_lsof(play: Play, tmp_path: Path) -> None:
    """`+E` names the other end as `->INO=inode pid,command,fd`."""
    truth = play("unix_stream", tmp_path / "s.sock")
    for this, that in ((truth["client"], truth["accepted"]), (truth["accepted"], truth["client"])):
        rows = words("lsof", "-nPw", "+E", "-a", "-U", "-p", str(this["pid"]), "-d", str(this["fd"])).splitlines()
        row = next(row for row in rows if f" {this['pid']} " in row and f" {this['ino']} " in row)
        assert f"->INO={that['ino']} {that['pid']}," in row
        peer = only(show(*place(this))["peers"])
        assert (peer["ino"], [place(holder) for holder in peer["holders"]]) == (that["ino"], [place(that)])


@pytest.mark.needs("lsof")
def test_the_holders_of_a_socketpair_agree_with_lsof(play: Play) -> None:
    truth = play("socketpair_fork")
    for end in (truth["ours"], truth["theirs"]):
        # Fields of a row: process, descriptor, inode.
        text = words("lsof", "-nP", "-w", "-p", str(end["pid"]), "-a", "-d", str(end["fd"]), "-F", "pfi")
        assert f"i{end['ino']}" in text.splitlines()
        picture = snapshot(end["pid"])
        assert only(row for row in picture["descriptors"] if place(row) == place(end))["ino"] == end["ino"]
