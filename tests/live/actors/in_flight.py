"""Three descriptors sent with SCM_RIGHTS and not received; nobody holds them but the message. (F7)"""

import array
import os
import socket

import stage

sender, receiver = socket.socketpair()
cargo = [os.eventfd(0) for _ in range(3)]
sender.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", cargo))])
for fd in cargo:
    os.close(fd)
stage.tell(sender=stage.here(sender.fileno()), receiver=stage.here(receiver.fileno()), count=len(cargo))
