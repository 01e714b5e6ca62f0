"""Two processes, two listeners on one address: one accepts nothing, the other all or, told `none`, nothing either."""

import socket
import struct
import sys
import threading
import time

import stage

CLIENTS = 24
TCPI_UNACKED = 24
"""Where tcp_info says how many connections wait at a listener (include/uapi/linux/tcp.h)."""


def listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=CLIENTS, reuse_port=True)


def waiting(listener: socket.socket) -> int:
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int(struct.unpack_from("=I", info, TCPI_UNACKED)[0])


idle = listen(0)
address = idle.getsockname()
busy = listen(address[1])
accepted: list[socket.socket] = []


def accept() -> None:
    while True:
        accepted.append(busy.accept()[0])


def work() -> dict[str, object]:
    idle_queue = stage.keep(idle.dup())
    idle.close()
    if sys.argv[1] == "all":
        threading.Thread(target=accept, daemon=True).start()
    clients = [stage.keep(socket.create_connection(address)) for _ in range(CLIENTS)]
    accepts = sys.argv[1] == "all"
    while len(accepted) + waiting(idle_queue) + (0 if accepts else waiting(busy)) < len(clients):
        time.sleep(0.01)
    counts = {"idle": waiting(idle_queue), "busy": waiting(busy)}
    idle_queue.close()
    return {
        "listener": stage.here(busy.fileno()),
        "accepted": [stage.here(one.fileno()) for one in accepted],
        "waiting": counts,
    }


child = stage.child(work)
busy.close()
stage.tell(idle=stage.here(idle.fileno()), child=child)
