"""A mount with a file that holds whoever reads it, even when killed, until this actor ends: hung_read.py DIRECTORY."""

import os
import sys

import silent_server
import stage

directory = sys.argv[1]
stage.keep(silent_server.mount(directory, silent_server.OPEN, take_one_more=True))
stage.tell(file=os.path.join(directory, "file"))
