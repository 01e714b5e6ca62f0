"""Three processes send datagrams to one: N to 1. Argument: path of the receiver."""

import socket
import sys

import stage

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])


def send() -> dict[str, object]:
    sender = stage.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    sender.connect(sys.argv[1])
    receiver.close()
    return stage.here(sender.fileno())


stage.tell(receiver=stage.here(receiver.fileno()), senders=[stage.child(send) for _ in range(3)])
