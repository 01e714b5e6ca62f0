"""A file, and a working directory, on a mount whose server is silent from now on. Argument: an empty directory."""

import os
import sys

import silent_server
import stage

directory = sys.argv[1]
server = silent_server.mount(directory, silent_server.OPEN)


def opened() -> dict[str, int]:
    os.close(server)
    os.chdir(os.path.join(os.fsencode(directory), silent_server.PLACE))
    file = os.open(os.path.join(directory, "file"), os.O_RDONLY)
    return {"fd": file}


stage.tell(holder=stage.child(opened))
