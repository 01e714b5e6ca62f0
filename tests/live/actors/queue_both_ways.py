"""A POSIX message queue, opened by its name and through a mount. Argument: a directory. Needs root."""

import ctypes
import os
import sys

import stage

NAME = f"/sockscope-{os.getpid()}"
librt = ctypes.CDLL("librt.so.1", use_errno=True)

stage.own_mounts()
stage.mount("mqueue", sys.argv[1], "mqueue")
named = stage.check(librt.mq_open(NAME.encode(), os.O_RDWR | os.O_CREAT, 0o600, None), "mq_open")
mounted = os.open(sys.argv[1] + NAME, os.O_RDONLY)
stage.check(librt.mq_unlink(NAME.encode()), "mq_unlink")
stage.tell(named=stage.here(named), mounted=stage.here(mounted))
