"""A registration whose number lies: registered, duplicated, closed, and the number reused. (F1)"""

import os
import select
import socket

import stage

watched, other = socket.socketpair()
number = watched.fileno()
instance = select.epoll()
instance.register(number, select.EPOLLIN)
duplicate = os.dup(number)
null = os.open(os.devnull, os.O_RDONLY)
# dup2 onto the open number closes it: the registration stays, because the duplicate keeps the file open.
os.dup2(null, number)
os.close(null)
stage.tell(
    epoll=instance.fileno(),
    registered=number,
    duplicate=stage.here(duplicate),
    imposter=stage.here(number),
    other=stage.here(other.fileno()),
)
