"""A process that never stands still, and a sleeper: `shared` is the number of an epoll that both hold.

`busy` and `asleep` are their pids. The busy one has another epoll, which nobody else holds.
"""

import select

import stage

shared = stage.keep(select.epoll())
asleep = stage.child(dict)
own = stage.keep(select.epoll())
busy = stage.child(dict, lambda: sum(range(1000)))
own.close()
stage.tell(shared=shared.fileno(), busy=busy["pid"], asleep=asleep["pid"])
