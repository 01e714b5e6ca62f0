"""The tour of the example processes: one line for each thing there is to see, and the key that shows it."""

from sockscope.demo.backstage import Truth
from sockscope.demo.tour import Step


def tour(truth: Truth) -> tuple[Step, ...]:
    """Write the tour for processes that told this truth."""
    server, twins, waiting = truth["server"], truth["reuseport"], truth["waiting"]
    first = server["workers"][0]
    twin_epolls, ghost = truth["epolls"]["twins"], truth["epolls"]["ghost"]
    shell, sick = truth["terminal"]["shell"], truth["sick"]
    return (
        Step(
            "A listener in three processes. ● marks the others that hold it: one socket, inherited through fork.",
            "app.next_related",
            _at(server, "listener"),
        ),
        Step(
            "Three hold it, one waits: “Watched by” names the epoll of worker 1 (◉), and no other.",
            "tree.to_pane",
            _at(server, "listener"),
        ),
        Step(
            "A socketpair from the master to worker 1. ◆ marks its other end; {app.other_end} goes there.",
            "app.other_end",
            f"{server['pid']}:{first['master_channel']}",
        ),
        Step(
            "Two processes listen on one address, but no ●: two sockets (SO_REUSEPORT). The pane lists the sibling.",
            "app.next_related",
            _at(twins, "listener"),
        ),
        Step(
            "Two epolls with equal content; /proc shows one inode for both. ● is only on what the heir inherited.",
            "app.next_related",
            _at(twin_epolls, "inherited"),
        ),
        Step(
            "This epoll was told to watch a number that means /dev/null by now. The pane says where the file moved.",
            "tree.to_pane",
            _at(ghost, "epoll"),
        ),
        Step(
            "The last process of a pipe line waits to read. {app.other_end} walks to whoever writes.",
            "app.other_end",
            f"{truth['pipeline']['middle']['last']['pid']}:{truth['pipeline']['middle']['last']['reads']}",
        ),
        Step(
            "A terminal with jobs: who is in front, whom Ctrl+C reaches, and one that was stopped for reading.",
            "app.terminals",
            str(shell["pid"]),
        ),
        Step(
            "A server that never accepts: its queue holds a connection, and the pane says whose it is.",
            "app.next_related",
            _at(waiting["queue"], "listener"),
        ),
        Step(
            "Two processes write to each other, and neither reads: a deadlock, ‼. {app.why} walks the circle.",
            "app.why",
            _at(sick["deadlock"], "writes"),
        ),
        Step(
            "This one opens a socket a second and uses none: ▲ after a while. {app.findings} lists all that is wrong.",
            "app.findings",
            str(sick["leak"]["pid"]),
        ),
        Step(
            "Three descriptors wait in a message to this socket; nobody holds them, and they are open all the same.",
            "",
            _at(waiting["flight"]["receiver"], "fd"),
        ),
        Step("That was the tour. {app.quit} ends the explorer, and the example processes with it.", "app.quit"),
    )


def _at(actor: Truth, name: str) -> str:
    return f"{actor['pid']}:{actor[name]}"
