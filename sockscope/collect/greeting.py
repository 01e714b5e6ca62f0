"""What a stream begins with: which machine this is."""

import os
import socket

from sockscope import __version__
from sockscope.abi.text import clean_str
from sockscope.frames.messages import VERSION, Hello
from sockscope.kernel.procfs import Procfs


def hello(procfs: Procfs, asked_by: int) -> Hello:
    """Introduce this machine to the user who asked: a uid, whatever this process has become since."""
    name = os.uname()
    return Hello(
        version=VERSION,
        host=clean_str(socket.gethostname()),
        kernel=clean_str(name.release),
        boot_time=procfs.boot_time(),
        ticks=os.sysconf("SC_CLK_TCK"),
        euid=asked_by,
        program=clean_str(__version__),
        boot_id=procfs.boot_id(),
        pid=os.getpid(),
    )
