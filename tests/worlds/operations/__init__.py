"""What worlds can do: a table, which a new operation extends by a line in its family's file."""

from tests.worlds.operations import of_descriptors, of_epolls, of_processes, of_sockets, of_terminals
from tests.worlds.operations.operation import Operation

OPERATIONS: dict[str, Operation] = {
    one.name: one
    for family in (of_processes, of_descriptors, of_epolls, of_terminals, of_sockets)
    for one in family.OPERATIONS
}
