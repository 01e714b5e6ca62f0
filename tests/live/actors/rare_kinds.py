"""Kinds that not every kernel makes: `kinds` name to descriptor, and for the others `missing` name to errno."""

import ctypes
import fcntl
import glob
import os
import pty
import select
import struct
import tempfile

import stage

CLONE_NEWNET = 0x4000_0000
NUMBERS = {
    "x86_64": {"perf": 298, "seccomp": 317, "bpf": 321, "userfaultfd": 323, "fanotify": 300},
    "aarch64": {"perf": 241, "seccomp": 277, "bpf": 280, "userfaultfd": 282, "fanotify": 262},
}[os.uname().machine] | {"io_uring": 425, "landlock": 444, "memfd_secret": 447}
PR_SET_NO_NEW_PRIVS = 38
RETURN_ZERO = struct.pack("=QQ", 0xB7, 0x95)
"""BPF: r0 = 0, exit."""
RETURN_PASS = struct.pack("=QQ", 0x1_0000_00B7, 0x95)
"""BPF: r0 = 1 (SK_PASS), exit."""
BPF_MAP_CREATE, BPF_PROG_LOAD, BPF_LINK_CREATE = 0, 5, 28
PROG_SOCKET_FILTER, PROG_SK_LOOKUP, ATTACH_SK_LOOKUP = 1, 30, 36
UDMABUF_CREATE, F_ADD_SEALS, F_SEAL_SHRINK = 0x40187542, 1033, 2
PAGE = 4096


def call(name, *arguments):
    return stage.check(stage.libc.syscall(NUMBERS[name], *arguments), name)


def bpf(command, attributes):
    return call("bpf", command, ctypes.c_char_p(attributes), len(attributes))


def program(kind, code, attach=0):
    instructions = ctypes.create_string_buffer(code, len(code))
    licence = ctypes.create_string_buffer(b"GPL")
    head = struct.pack("=IIQQ", kind, len(code) // 8, ctypes.addressof(instructions), ctypes.addressof(licence))
    return bpf(BPF_PROG_LOAD, head + struct.pack("=IIQII16sII", 0, 0, 0, 0, 0, b"sockscope", 0, attach))


def perf_event():
    """A software event (PERF_COUNT_SW_DUMMY) that counts nothing."""
    return call("perf", ctypes.c_char_p(struct.pack("=IIQ48x", 1, 64, 9)), 0, -1, -1, 0)


def seccomp():
    """A filter that allows everything, with a supervisor (SECCOMP_FILTER_FLAG_NEW_LISTENER)."""
    allow = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF_0000), 8)
    filtered = struct.pack("=H6xQ", 1, ctypes.addressof(allow))
    stage.check(stage.libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    return call("seccomp", 1, 8, ctypes.c_char_p(filtered))


def landlock():
    return call("landlock", ctypes.c_char_p(struct.pack("=Q", 1)), 8, 0)


def mqueue():
    """A queue whose name is gone at once, so that nothing stays behind."""
    name = f"/sockscope-{os.getpid()}".encode()
    rt = ctypes.CDLL("librt.so.1", use_errno=True)
    fd = stage.check(rt.mq_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600, None), "mq_open")
    stage.check(rt.mq_unlink(name), "mq_unlink")
    return fd


def dmabuf():
    memory = os.memfd_create("pages", os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, PAGE)
    fcntl.fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK)
    device = os.open("/dev/udmabuf", os.O_RDWR)
    return fcntl.ioctl(device, UDMABUF_CREATE, struct.pack("=IIQQ", memory, 0, 0, PAGE))


def bpf_map():
    return bpf(BPF_MAP_CREATE, struct.pack("=IIIIIII16s28x", 2, 4, 8, 3, 0, 0, 0, b"counters"))


def bpf_prog():
    return program(PROG_SOCKET_FILTER, RETURN_ZERO)


def bpf_link():
    """A program that every lookup of a listener passes, attached to a network namespace of our own."""
    stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    lookup = program(PROG_SK_LOOKUP, RETURN_PASS, ATTACH_SK_LOOKUP)
    return bpf(BPF_LINK_CREATE, struct.pack("=IIII48x", lookup, here, ATTACH_SK_LOOKUP, 0))


def io_uring():
    return call("io_uring", 4, ctypes.create_string_buffer(120))


def userfaultfd():
    return call("userfaultfd", os.O_CLOEXEC)


def secret():
    return call("memfd_secret", 0)


def fanotify():
    return call("fanotify", 0, 0)


def epoll():
    """One that watches another."""
    outer, inner = (stage.keep(select.epoll()) for _ in range(2))
    outer.register(inner.fileno(), select.EPOLLIN)
    return outer.fileno()


def block_device():
    first = sorted(glob.glob("/sys/block/*"))
    return os.open(f"/dev/{os.path.basename(first[0])}" if first else "/dev/vda", os.O_RDONLY | os.O_NONBLOCK)


def locked():
    fd, name = tempfile.mkstemp()
    os.unlink(name)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return fd


master, slave = pty.openpty()
kinds, missing = {"pty_master": master, "tty": slave}, {}
# The namespace and the filter change the process itself: last.
for make in (
    perf_event, landlock, mqueue, dmabuf, bpf_map, bpf_prog, io_uring, userfaultfd, secret, fanotify, epoll,
    block_device, locked, bpf_link, seccomp,
):  # fmt: skip
    try:
        kinds[make.__name__] = make()
    except OSError as error:
        missing[make.__name__] = error.errno
stage.tell(kinds=kinds, missing=missing)
