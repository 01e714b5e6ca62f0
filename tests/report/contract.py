"""The JSON contract as a table of field to type, kept apart from the code that fills it."""

from typing import Any

Checked = Any
NUMBER, TEXT, FLAG, REAL = (int,), (str,), (bool,), (float, int)
MAYBE_NUMBER, MAYBE_REAL, MAYBE_FLAG = (int, None), (float, None), (bool, None)
FREE = (dict,)
"""An object whose names depend on the kind of descriptor."""


def _list(of: Checked) -> list[Checked]:
    return [of]


PLACE = {"pid": NUMBER, "fd": NUMBER}
HOLDER = PLACE | {"comm": TEXT, "cloexec": MAYBE_FLAG, "access": TEXT, "same_file": MAYBE_FLAG}
CAPABILITY = {"name": TEXT, "available": FLAG, "gives": TEXT, "costs": TEXT, "gain": TEXT}
NAMESPACE = {
    "inode": MAYBE_NUMBER,
    "name": TEXT,
    "origin": TEXT,
    "leader": MAYBE_NUMBER,
    "processes": NUMBER,
    "pin": TEXT,
    "source": TEXT,
    "reason": TEXT,
}
COVERAGE = {
    "processes": NUMBER,
    "unreadable_processes": NUMBER,
    "descriptors": NUMBER,
    "unreadable_descriptors": NUMBER,
    "sockets": NUMBER,
    "unknown_sockets": NUMBER,
    "notes": _list(TEXT),
    "capabilities": _list(CAPABILITY),
}
GROUP = {
    "pgid": NUMBER,
    "sid": NUMBER,
    "tty": TEXT,
    "tpgid": MAYBE_NUMBER,
    "foreground": FLAG,
    "leader": TEXT,
    "leader_gone": FLAG,
    "pids": _list(NUMBER),
}
PROCESS = {
    "pid": NUMBER,
    "ppid": NUMBER,
    "pgid": NUMBER,
    "sid": NUMBER,
    "tty": TEXT,
    "tpgid": MAYBE_NUMBER,
    "foreground": FLAG,
    "comm": TEXT,
    "cmdline": _list(TEXT),
    "user": TEXT,
    "uid": NUMBER,
    "state": TEXT,
    "start_time": MAYBE_REAL,
    "netns": MAYBE_NUMBER,
    "descriptors": MAYBE_NUMBER,
    "denied": TEXT,
    "kernel_thread": FLAG,
    "thread_of": MAYBE_NUMBER,
    "inner_pid": MAYBE_NUMBER,
    "cgroup": TEXT,
    "netns_name": TEXT,
}
DESCRIPTOR = {
    "pid": NUMBER,
    "fd": NUMBER,
    "kind": TEXT,
    "label": TEXT,
    "target": TEXT,
    "ino": MAYBE_NUMBER,
    "dev": TEXT,
    "access": TEXT,
    "flags": _list(TEXT),
    "object": TEXT,
    "object_confidence": TEXT,
    "text": TEXT,
    "fields": FREE,
}
SOCKET = {
    "ino": MAYBE_NUMBER,
    "cookie": MAYBE_NUMBER,
    "netns": MAYBE_NUMBER,
    "family": TEXT,
    "type": TEXT,
    "protocol": TEXT,
    "state": TEXT,
    "local": TEXT,
    "remote": TEXT,
    "peer_ino": MAYBE_NUMBER,
    "recv_q": NUMBER,
    "send_q": NUMBER,
    "queue": MAYBE_NUMBER,
    "backlog": MAYBE_NUMBER,
    "uid": MAYBE_NUMBER,
    "shutdown": _list(TEXT),
    "cgroup": MAYBE_NUMBER,
    "source": TEXT,
    "extra": FREE,
    "unheld": TEXT,
    "cgroup_path": TEXT,
    "netns_name": TEXT,
}
TARGET = {
    "fd": NUMBER,
    "events": _list(TEXT),
    "data": NUMBER,
    "data_hex": TEXT,
    "ino": MAYBE_NUMBER,
    "dev": TEXT,
    "object": TEXT,
    "status": TEXT,
    "confidence": TEXT,
    "held_by": _list(PLACE),
}
EPOLL = {"object": TEXT, "holders": _list(PLACE), "targets": _list(TARGET), "note": TEXT}
OUTSIDE = PLACE | {"comm": TEXT, "kind": TEXT, "object": TEXT, "relation": TEXT}
SNAPSHOT = {
    "schema": TEXT,
    "host": TEXT,
    "time": REAL,
    "kernel": TEXT,
    "coverage": COVERAGE,
    "groups": _list(GROUP),
    "processes": _list(PROCESS),
    "descriptors": _list(DESCRIPTOR),
    "sockets": _list(SOCKET),
    "epolls": _list(EPOLL),
    "outside": _list(OUTSIDE),
    "namespaces": _list(NAMESPACE),
}
PEER = {
    "via": TEXT,
    "ino": MAYBE_NUMBER,
    "object": TEXT,
    "confidence": TEXT,
    "evidence": TEXT,
    "holders": _list(HOLDER),
    "note": TEXT,
}
SIBLING = {"ino": MAYBE_NUMBER, "cookie": MAYBE_NUMBER, "local": TEXT, "holders": _list(HOLDER), "remote": TEXT}
WATCHER = PLACE | {
    "comm": TEXT,
    "object": TEXT,
    "events": _list(TEXT),
    "registered_fd": NUMBER,
    "data": NUMBER,
    "status": TEXT,
    "confidence": TEXT,
}
WAITING = {"pid": NUMBER, "tid": NUMBER, "syscall": TEXT, "fd": MAYBE_NUMBER}
PENDING = {
    "ino": MAYBE_NUMBER,
    "cookie": MAYBE_NUMBER,
    "remote": TEXT,
    "confidence": TEXT,
    "evidence": TEXT,
    "holders": _list(HOLDER),
}
QUEUE = {"pending": _list(PENDING), "length": MAYBE_NUMBER, "backlog": MAYBE_NUMBER}
TERMINAL = {
    "tty": TEXT,
    "sid": NUMBER,
    "pgid": NUMBER,
    "tpgid": MAYBE_NUMBER,
    "foreground": FLAG,
    "groups": _list(NUMBER),
    "sigint_goes_to": _list(NUMBER),
    "sigint_effects": _list(TEXT),
    "background_readers": _list({"pid": NUMBER, "fd": NUMBER, "comm": TEXT, "effect": TEXT}),
}
LINK = {"relation": TEXT, "count": NUMBER, "objects": _list(TEXT)}
NEIGHBOUR = {"pid": NUMBER, "comm": TEXT, "command": TEXT, "phrase": TEXT, "links": _list(LINK)}
DESCRIPTOR_REPORT = {
    "schema": TEXT,
    "coverage": COVERAGE,
    "descriptor": DESCRIPTOR,
    "sentence": TEXT,
    "process": (PROCESS, None),
    "socket": (SOCKET, None),
    "fdinfo": {"raw": TEXT, "decoded": FREE},
    "holders": _list(HOLDER),
    "holders_confidence": TEXT,
    "peers": _list(PEER),
    "siblings": _list(SIBLING),
    "listeners": _list(SIBLING),
    "watchers": _list(WATCHER),
    "targets": _list(TARGET),
    "waiting": _list(WAITING),
    "queue": (QUEUE, None),
    "in_flight": NUMBER,
    "terminal": (TERMINAL, None),
    "notes": _list(TEXT),
    "details": FREE,
    "options": FREE,
    "connections": _list(SIBLING),
}
PROCESS_REPORT = {
    "schema": TEXT,
    "coverage": COVERAGE,
    "process": PROCESS,
    "group": (GROUP, None),
    "cwd": TEXT,
    "exe": TEXT,
    "threads": MAYBE_NUMBER,
    "signals": FREE,
    "descriptors": _list(DESCRIPTOR),
    "neighbours": _list(NEIGHBOUR),
    "waiting": _list(WAITING),
    "terminal": (TERMINAL, None),
    "notes": _list(TEXT),
}

RECORDS: dict[str, dict[str, Checked]] = {
    "snapshot": SNAPSHOT,
    "coverage": COVERAGE,
    "capability": CAPABILITY,
    "namespace": NAMESPACE,
    "group": GROUP,
    "process": PROCESS,
    "descriptor": DESCRIPTOR,
    "socket": SOCKET,
    "epoll": EPOLL,
    "target": TARGET,
    "outside": OUTSIDE,
    "show PID:FD": DESCRIPTOR_REPORT,
    "fdinfo": {"raw": TEXT, "decoded": FREE},
    "holder": HOLDER,
    "peer": PEER,
    "sibling": SIBLING,
    "watcher": WATCHER,
    "waiting": WAITING,
    "queue": QUEUE,
    "pending": PENDING,
    "terminal": TERMINAL,
    "show PID": PROCESS_REPORT,
    "neighbour": NEIGHBOUR,
    "link": LINK,
}
"""Every record by its heading in docs/json.md."""


def violations(value: Any, expected: Checked, where: str = "$") -> list[str]:
    """Say where a document departs from the contract; empty when it does not."""
    if isinstance(expected, dict):
        return _object(value, expected, where)
    if isinstance(expected, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [line for place, one in enumerate(value) for line in violations(one, expected[0], f"{where}[{place}]")]
    if isinstance(expected[0], dict):
        return [] if value is None else violations(value, expected[0], where)
    types = {type(None) if one is None else one for one in expected}
    return [] if type(value) in types else [f"{where} is {value!r}"]


def _object(value: Any, expected: dict[str, Checked], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    if set(value) != set(expected):
        return [f"{where} has {sorted(set(value) ^ set(expected))} too many or too few"]
    return [line for name, one in expected.items() for line in violations(value[name], one, f"{where}.{name}")]
