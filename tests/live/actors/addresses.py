"""Listeners that share nothing but a port's number with what is asked for, and connections beside a listener."""

import socket

import stage


def listening(family: int, host: str, *, v6only: bool = False) -> dict[str, object]:
    listener = stage.keep(socket.socket(family))
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    listener.bind((host, 0))
    listener.listen()
    port = listener.getsockname()[1]
    reached = {"127.0.0.1": (socket.AF_INET, "127.0.0.1"), "[::1]": (socket.AF_INET6, "::1")}
    answers = {}
    for name, (of, to) in reached.items():
        with socket.socket(of) as client:
            answers[name] = client.connect_ex((to, port))
    return {"port": port, "connect": answers, **stage.here(listener.fileno())}


def lingering() -> dict[str, object]:
    """Listen on every address, with one connection that was closed here first and one that lives."""
    listener = stage.keep(socket.create_server(("0.0.0.0", 0)))
    port = listener.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    accepted = listener.accept()[0]
    accepted.close()
    client.recv(1)
    client.close()
    stage.keep(socket.create_connection(("127.0.0.1", port)))
    stage.keep(listener.accept()[0])
    return {"port": port, **stage.here(listener.fileno())}


stage.tell(
    only_v6=listening(socket.AF_INET6, "::", v6only=True),
    dual=listening(socket.AF_INET6, "::"),
    only_v4=listening(socket.AF_INET, "0.0.0.0"),
    other=listening(socket.AF_INET, "127.0.0.2"),
    lingering=lingering(),
)
