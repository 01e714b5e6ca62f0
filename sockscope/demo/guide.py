"""The tour of the example processes: one line for each thing there is to see, and the key that shows it."""

from sockscope.demo.backstage import Truth
from sockscope.demo.tour import Step


def tour(truth: Truth) -> tuple[Step, ...]:
    """Write the tour for processes that told this truth."""
    server, twins, waiting = truth["server"], truth["reuseport"], truth["waiting"]
    first = server["workers"][0]
    twin_epolls, ghost = truth["epolls"]["twins"], truth["epolls"]["ghost"]
    shell = truth["terminal"]["shell"]
    return (
        Step(
            "A listener in three processes. ● marks the others that hold it: one socket, inherited through fork.",
            "n",
            _at(server, "listener"),
        ),
        Step(
            "Three hold it, one waits: “Watched by” names the epoll of worker 1 (◉), and no other.",
            "Tab",
            _at(server, "listener"),
        ),
        Step(
            "A socketpair from the master to worker 1. ◆ marks its other end; p goes there.",
            "p",
            f"{server['pid']}:{first['master_channel']}",
        ),
        Step(
            "Two processes listen on one address, but no ●: two sockets (SO_REUSEPORT). The pane lists the sibling.",
            "n",
            _at(twins, "listener"),
        ),
        Step(
            "Two epolls with equal content; /proc shows one inode for both. ● is only on what the heir inherited.",
            "n",
            _at(twin_epolls, "inherited"),
        ),
        Step(
            "This epoll was told to watch a number that means /dev/null by now. The pane says where the file moved.",
            "Tab",
            _at(ghost, "epoll"),
        ),
        Step(
            "The last process of a pipe line waits to read. p walks to whoever writes.",
            "p",
            f"{truth['pipeline']['middle']['last']['pid']}:{truth['pipeline']['middle']['last']['reads']}",
        ),
        Step(
            "A terminal with jobs: who is in front, whom Ctrl+C reaches, and one that was stopped for reading.",
            "t",
            str(shell["pid"]),
        ),
        Step(
            "A server that never accepts: its queue holds a connection, and the pane says whose it is.",
            "n",
            _at(waiting["queue"], "listener"),
        ),
        Step(
            "Three descriptors wait in a message to this socket; nobody holds them, and they are open all the same.",
            "",
            _at(waiting["flight"]["receiver"], "fd"),
        ),
        Step("That was the tour. q ends the explorer, and the example processes with it.", "q"),
    )


def _at(actor: Truth, name: str) -> str:
    return f"{actor['pid']}:{actor[name]}"
