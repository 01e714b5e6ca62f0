"""The JSON contract as a table of field to type, kept apart from the code that fills it."""

from typing import Any

from sockscope.world.relations.registry import RELATIONS

Checked = Any
NUMBER, TEXT, FLAG, REAL = (int,), (str,), (bool,), (float, int)
MAYBE_NUMBER, MAYBE_REAL, MAYBE_FLAG = (int, None), (float, None), (bool, None)
FREE = (dict,)
"""An object whose names depend on the kind of descriptor."""


def _list(of: Checked) -> list[Checked]:
    return [of]


PLACE = {"pid": NUMBER, "fd": NUMBER}
SURE = {"confidence": TEXT, "evidence": TEXT}
"""What every statement carries; a test looks that neither is ever empty."""
ALSO = {"pid": NUMBER, "fd": MAYBE_NUMBER, "netns": MAYBE_NUMBER, "netns_name": TEXT}
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
    "kept_by": TEXT,
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
    "sockets_elsewhere": NUMBER,
    "partly_read": NUMBER,
    "unread_descriptors": NUMBER,
}
COUNTS = (dict,)
"""Numbers by names that nobody can list: states, addresses."""
PROCESS_COUNT = {"pid": NUMBER, "comm": TEXT, "count": NUMBER, "limit": MAYBE_NUMBER}
KIND_SUM = {"label": TEXT, "count": NUMBER, "states": COUNTS}
SUMS = {
    "processes": NUMBER,
    "descriptors": NUMBER,
    "unread": NUMBER,
    "limit": MAYBE_NUMBER,
    "kinds": _list(KIND_SUM),
    "states": COUNTS,
    "remotes": COUNTS,
    "services": COUNTS,
    "clients": _list(PROCESS_COUNT),
    "near_limit": _list(PROCESS_COUNT),
}
USER_SUM = {
    "uid": NUMBER,
    "user": TEXT,
    "processes": NUMBER,
    "descriptors": NUMBER,
    "inotify_instances": NUMBER,
    "inotify_instances_limit": MAYBE_NUMBER,
    "inotify_watches": NUMBER,
    "inotify_watches_limit": MAYBE_NUMBER,
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
WAIT = {
    "tid": NUMBER,
    "call": TEXT,
    "fd": MAYBE_NUMBER,
    "child": MAYBE_NUMBER,
    "timeout": FLAG,
    "halted": TEXT,
    "since": REAL,
    "text": TEXT,
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
    "shares_table_with": _list(NUMBER),
    "threads": MAYBE_NUMBER,
    "waits": _list(WAIT),
    "unread": NUMBER,
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
    "object_evidence": TEXT,
    "slot": TEXT,
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
    "recv_q": MAYBE_NUMBER,
    "send_q": MAYBE_NUMBER,
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
    "unheld_confidence": TEXT,
    "unheld_evidence": TEXT,
    "recv_message": MAYBE_NUMBER,
    "recv_memory": MAYBE_NUMBER,
    "send_memory": MAYBE_NUMBER,
    "queues": _list(TEXT),
    "drops": MAYBE_NUMBER,
    "v6only": MAYBE_FLAG,
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
    "evidence": TEXT,
}
EPOLL = {
    "object": TEXT,
    "holders": _list(PLACE),
    "targets": _list(TARGET),
    "note": TEXT,
    "holders_confidence": TEXT,
    "holders_evidence": TEXT,
}
OUTSIDE = PLACE | {"comm": TEXT, "kind": TEXT, "object": TEXT, "relation": TEXT} | SURE
HEADER_ADDED = {"boot_id": TEXT, "boot_time": MAYBE_REAL, "selected": FLAG, "looked_by": MAYBE_NUMBER}
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
} | HEADER_ADDED
GROUP_SUM = {"pgid": NUMBER, "leader": TEXT, "sums": SUMS}
SUMMARY = {
    "schema": TEXT,
    "host": TEXT,
    "time": REAL,
    "kernel": TEXT,
    "coverage": COVERAGE,
    "namespaces": _list(NAMESPACE),
    "open_files": MAYBE_NUMBER,
    "open_files_limit": MAYBE_NUMBER,
    "sums": SUMS,
    "users": _list(USER_SUM),
    "groups": _list(GROUP_SUM),
    "processes": _list(PROCESS_COUNT),
} | HEADER_ADDED
PEER = {
    "via": TEXT,
    "ino": MAYBE_NUMBER,
    "object": TEXT,
    "confidence": TEXT,
    "evidence": TEXT,
    "holders": _list(HOLDER),
    "note": TEXT,
}
SIBLING = (
    {"ino": MAYBE_NUMBER, "cookie": MAYBE_NUMBER, "local": TEXT, "holders": _list(HOLDER), "remote": TEXT}
    | SURE
    | {"state": TEXT, "other_ends": _list(PEER)}
)
WATCHER = (
    PLACE
    | {
        "comm": TEXT,
        "object": TEXT,
        "events": _list(TEXT),
        "registered_fd": NUMBER,
        "data": NUMBER,
        "status": TEXT,
    }
    | SURE
)
WAITING = {"pid": NUMBER, "tid": NUMBER, "syscall": TEXT, "fd": MAYBE_NUMBER} | SURE
WAITING |= {"halted": TEXT, "fds": _list(NUMBER), "text": TEXT, "unread": FLAG, "own_table": FLAG}
PENDING = {
    "ino": MAYBE_NUMBER,
    "cookie": MAYBE_NUMBER,
    "remote": TEXT,
    "confidence": TEXT,
    "evidence": TEXT,
    "holders": _list(HOLDER),
}
TIE = SURE | {"object": TEXT, "holders": _list(HOLDER), "pids": _list(NUMBER), "note": TEXT, "facts": FREE}
QUEUE = {"pending": _list(PENDING), "length": MAYBE_NUMBER, "backlog": MAYBE_NUMBER} | SURE
TERMINAL = {
    "tty": TEXT,
    "sid": NUMBER,
    "pgid": NUMBER,
    "tpgid": MAYBE_NUMBER,
    "foreground": FLAG,
    "groups": _list(NUMBER),
    "sigint_goes_to": _list(NUMBER),
    "sigint_effects": _list(TEXT),
    "background_readers": _list(PLACE | {"comm": TEXT, "effect": TEXT} | SURE),
} | SURE
SETTINGS = dict.fromkeys(("signals", "canonical", "echo"), FLAG) | dict.fromkeys(("interrupt", "quit", "suspend"), TEXT)
SETTINGS |= PLACE | {"end": TEXT, "silenced_by": TEXT}
TERMINAL |= {"interrupt": (str, None), "sigint_confidence": TEXT, "sigint_evidence": TEXT, "settings": (SETTINGS, None)}
LINK = {"relation": TEXT, "count": NUMBER, "objects": _list(TEXT)} | SURE
NEIGHBOUR = {"pid": NUMBER, "comm": TEXT, "command": TEXT, "phrase": TEXT, "links": _list(LINK)}
USE = {
    "use": TEXT,
    "pid": MAYBE_NUMBER,
    "fd": MAYBE_NUMBER,
    "comm": TEXT,
    "name": TEXT,
    "on_mount": FLAG,
} | SURE
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
    "holders_evidence": TEXT,
    "in_flight_confidence": TEXT,
    "in_flight_evidence": TEXT,
    "relations": {relation.name: _list(TIE) for relation in RELATIONS if not relation.record},
    "used_by": _list(USE),
    "also": _list(ALSO),
}
FILE_REPORT = {
    "schema": TEXT,
    "coverage": COVERAGE,
    "path": TEXT,
    "kind": TEXT,
    "device": TEXT,
    "ino": NUMBER,
    "mount": TEXT,
    "uses": _list(USE),
    "notes": _list(TEXT),
}
FUTEX = {
    "pid": NUMBER,
    "tid": NUMBER,
    "target": TEXT,
    "offset": NUMBER,
    "object": TEXT,
    "mapped_by": _list(PLACE),
    "note": TEXT,
} | SURE
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
    "futexes": _list(FUTEX),
    "metadata": FREE,
    "sums": SUMS,
    "also": _list(ALSO),
}

SUBJECT = {"pid": NUMBER, "fd": MAYBE_NUMBER, "comm": TEXT}
FINDING = {
    "rule": TEXT,
    "severity": TEXT,
    "confidence": TEXT,
    "id": TEXT,
    "subjects": _list(SUBJECT),
    "sentence": TEXT,
    "evidence": _list(TEXT),
    "refuted_by": TEXT,
    "since": REAL,
}
FINDINGS = {
    "schema": TEXT,
    "host": TEXT,
    "time": REAL,
    "kernel": TEXT,
    "looks": NUMBER,
    "findings": _list(FINDING),
}
SIDE = {
    "source": TEXT,
    "host": TEXT,
    "time": REAL,
    "kernel": TEXT,
    "boot_id": TEXT,
    "selected": FLAG,
    "processes": NUMBER,
    "descriptors": NUMBER,
    "sockets": NUMBER,
}
DIFFERENCE = {"field": TEXT, "before": TEXT, "after": TEXT}
SAME_LISTENER = {"protocol": TEXT, "local": TEXT, "same_socket": FLAG}
COUNT = {"same": NUMBER, "changed": NUMBER, "replaced": NUMBER, "gone": NUMBER, "new": NUMBER}
ENTRY = {
    "change": TEXT,
    "subject": TEXT,
    "comm": TEXT,
    "command": _list(TEXT),
    "pids_before": _list(NUMBER),
    "pids_after": _list(NUMBER),
    "meaning": TEXT,
    "count": NUMBER,
    "before": NUMBER,
    "after": NUMBER,
    "kept": MAYBE_NUMBER,
    "places_before": _list(PLACE),
    "places_after": _list(PLACE),
    "differences": _list(DIFFERENCE),
    "listeners": _list(SAME_LISTENER),
    "descriptors": NUMBER,
} | SURE
ENTRY |= {"text": TEXT}
DIFF = {
    "schema": TEXT,
    "before": SIDE,
    "after": SIDE,
    "apart": REAL,
    "same_boot": MAYBE_FLAG,
    "equal": FLAG,
    "processes": COUNT,
    "descriptors": COUNT,
    "not_compared": NUMBER,
    "entries": _list(ENTRY),
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
    "snapshot --summary": SUMMARY,
    "sums": SUMS,
    "kind sum": KIND_SUM,
    "process count": PROCESS_COUNT,
    "user sum": USER_SUM,
    "group sum": GROUP_SUM,
    "show PID:FD": DESCRIPTOR_REPORT,
    "fdinfo": {"raw": TEXT, "decoded": FREE},
    "holder": HOLDER,
    "peer": PEER,
    "sibling": SIBLING,
    "watcher": WATCHER,
    "waiting": WAITING,
    "tie": TIE,
    "queue": QUEUE,
    "pending": PENDING,
    "terminal": TERMINAL,
    "show PID": PROCESS_REPORT,
    "futex": FUTEX,
    "neighbour": NEIGHBOUR,
    "link": LINK,
    "show PATH": FILE_REPORT,
    "use": USE,
    "other match": ALSO,
    "wait": WAIT,
    "findings": FINDINGS,
    "finding": FINDING,
    "subject": SUBJECT,
    "diff": DIFF,
    "side": SIDE,
    "counts": COUNT,
    "entry": ENTRY,
    "difference": DIFFERENCE,
    "same listener": SAME_LISTENER,
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
