"""A terminal whose master is closed, and a second one that got its number."""

import os

import stage

first_master, old = os.openpty()
name = os.ttyname(old)
os.close(first_master)
# The number that was given back may be taken by anybody first; then it is another's terminal that must not be named.
master, new = os.openpty()
stage.tell(old=stage.here(old), new=stage.here(new), master=stage.here(master), same=os.ttyname(new) == name)
