"""A few bytes out of the memory of another process, read as it runs (`process_vm_readv(2)`)."""

import ctypes

from sockscope.abi.strings import Raw
from sockscope.kernel import syscalls


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def read_memory(pid: int, address: int, length: int) -> Raw:
    """Read `length` bytes at an address of a process, fewer where its memory ends before.

    The memory may be a file's whose server is silent, or one whose faults another process serves (userfaultfd): whoever
    reads may have to wait.

    Raises:
        OSError: EPERM (no PTRACE_MODE_ATTACH_REALCREDS), EFAULT, ESRCH, ENOSYS.
    """
    buffer = ctypes.create_string_buffer(length)
    ours = _IoVec(ctypes.addressof(buffer), length)
    theirs = _IoVec(address, length)
    count = syscalls.call("process_vm_readv", pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    return Raw(buffer.raw[:count])
