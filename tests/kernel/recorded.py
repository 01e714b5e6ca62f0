"""What Linux 6.18 (x86-64) wrote for descriptors made on purpose: (link, fdinfo) each."""

EVENTFD = (
    b"anon_inode:[eventfd]",
    (
        b"pos:\t0\n"
        b"flags:\t02004002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"eventfd-count:               1f\n"
        b"eventfd-id: 1\n"
        b"eventfd-semaphore: 0\n"
    ),
)
SEMAPHORE = (
    b"anon_inode:[eventfd]",
    (
        b"pos:\t0\n"
        b"flags:\t02\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"eventfd-count:                3\n"
        b"eventfd-id: 2\n"
        b"eventfd-semaphore: 1\n"
    ),
)
TIMER = (
    b"anon_inode:[timerfd]",
    (
        b"pos:\t0\n"
        b"flags:\t02004002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"clockid: 1\n"
        b"ticks: 0\n"
        b"settime flags: 00\n"
        b"it_value: (2, 999964867)\n"
        b"it_interval: (1, 0)\n"
    ),
)
TIMER_ABSOLUTE = (
    b"anon_inode:[timerfd]",
    (
        b"pos:\t0\n"
        b"flags:\t02004002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"clockid: 0\n"
        b"ticks: 0\n"
        b"settime flags: 03\n"
        b"it_value: (6794761556, 358787380)\n"
        b"it_interval: (0, 0)\n"
    ),
)
TIMER_DISARMED = (
    b"anon_inode:[timerfd]",
    (
        b"pos:\t0\n"
        b"flags:\t02004002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"clockid: 7\n"
        b"ticks: 0\n"
        b"settime flags: 00\n"
        b"it_value: (0, 0)\n"
        b"it_interval: (0, 0)\n"
    ),
)
SIGNALFD = (
    b"anon_inode:[signalfd]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\nsigmask:\t0000001000004002\n",
)
INOTIFY = (
    b"anon_inode:inotify",
    (
        b"pos:\t0\n"
        b"flags:\t02004000\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"inotify wd:3 ino:1 sdev:15 mask:2 ignored_mask:0"
        b" fhandle-bytes:c fhandle-type:81 f_handle:010000000000000000000000\n"
        b"inotify wd:2 ino:212261 sdev:fe00000 mask:fff ignored_mask:0"
        b" fhandle-bytes:8 fhandle-type:1 f_handle:61222100b56f137a\n"
        b"inotify wd:1 ino:212232 sdev:fe00000 mask:1c2 ignored_mask:0"
        b" fhandle-bytes:8 fhandle-type:1 f_handle:32222100b5dfdf0b\n"
    ),
)
FANOTIFY = (
    b"anon_inode:[fanotify]",
    (
        b"pos:\t0\n"
        b"flags:\t02004002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"fanotify flags:3 event-flags:8002\n"
        b"fanotify sdev:6 mflags:0 mask:1 ignored_mask:0\n"
        b"fanotify mnt_id:1b mflags:0 mask:2 ignored_mask:0\n"
        b"fanotify ino:212261 sdev:fe00000 mflags:0 mask:28 ignored_mask:0"
        b" fhandle-bytes:8 fhandle-type:1 f_handle:61222100b56f137a\n"
    ),
)
PIDFD = (
    b"anon_inode:[pidfd]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t4\nino:\t5113\nPid:\t5112\nNSpid:\t5112\n",
)
PIDFD_ENDED = (
    b"anon_inode:[pidfd]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t4\nino:\t5154\nPid:\t-1\nNSpid:\t-1\n",
)
IO_URING = (
    b"anon_inode:[io_uring]",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t13980\n"
        b"SqMask:\t0x7\n"
        b"SqHead:\t0\n"
        b"SqTail:\t0\n"
        b"CachedSqHead:\t0\n"
        b"CqMask:\t0xf\n"
        b"CqHead:\t0\n"
        b"CqTail:\t0\n"
        b"CachedCqTail:\t0\n"
        b"SQEs:\t0\n"
        b"CQEs:\t0\n"
        b"SqThread:\t-1\n"
        b"SqThreadCpu:\t-1\n"
        b"SqTotalTime:\t0\n"
        b"SqWorkTime:\t0\n"
        b"UserFiles:\t4\n"
        b"    0: socket:[13981]\n"
        b"    2: /srv/w\n"
        b"    3: socket:[13982]\n"
        b"UserBufs:\t1\n"
        b"    0: 0x7f8a8c1e7000/8192\n"
        b"PollList:\n"
        b"CqOverflowList:\n"
        b"NAPI:\tdisabled\n"
    ),
)
IO_URING_POLLED = (
    b"anon_inode:[io_uring]",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t13985\n"
        b"SqMask:\t0x7\n"
        b"SqHead:\t0\n"
        b"SqTail:\t0\n"
        b"CachedSqHead:\t0\n"
        b"CqMask:\t0xf\n"
        b"CqHead:\t0\n"
        b"CqTail:\t0\n"
        b"CachedCqTail:\t0\n"
        b"SQEs:\t0\n"
        b"CQEs:\t0\n"
        b"SqThread:\t5154\n"
        b"SqThreadCpu:\t0\n"
        b"SqTotalTime:\t0\n"
        b"SqWorkTime:\t0\n"
        b"UserFiles:\t4\n"
        b"    0: socket:[13986]\n"
        b"    2: /srv/w\n"
        b"    3: socket:[13987]\n"
        b"UserBufs:\t1\n"
        b"    0: 0x7f8a8b591000/8192\n"
        b"PollList:\n"
        b"CqOverflowList:\n"
        b"NAPI:\tdisabled\n"
    ),
)
IO_URING_BUSY = (
    b"anon_inode:[io_uring]",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t13990\n"
        b"SqMask:\t0x3\n"
        b"SqHead:\t1\n"
        b"SqTail:\t2\n"
        b"CachedSqHead:\t1\n"
        b"CqMask:\t0x7\n"
        b"CqHead:\t0\n"
        b"CqTail:\t0\n"
        b"CachedCqTail:\t0\n"
        b"SQEs:\t1\n"
        b"    1: opcode:RECV, fd:27, flags:0, off:0, addr:0x0, rw_flags:0x0, buf_index:0 user_data:48879\n"
        b"CQEs:\t0\n"
        b"SqThread:\t-1\n"
        b"SqThreadCpu:\t-1\n"
        b"SqTotalTime:\t0\n"
        b"SqWorkTime:\t0\n"
        b"UserFiles:\t0\n"
        b"UserBufs:\t0\n"
        b"PollList:\n"
        b"  op=6, task_works=0\n"
        b"CqOverflowList:\n"
        b"NAPI:\tdisabled\n"
    ),
)
BPF_MAP = (
    b"anon_inode:bpf-map",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"map_type:\t1\n"
        b"key_size:\t4\n"
        b"value_size:\t8\n"
        b"max_entries:\t16\n"
        b"map_flags:\t0x0\n"
        b"map_extra:\t0x0\n"
        b"memlock:\t2320\n"
        b"map_id:\t25\n"
        b"frozen:\t0\n"
    ),
)
BPF_PROG = (
    b"anon_inode:bpf-prog",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"prog_type:\t1\n"
        b"prog_jited:\t1\n"
        b"prog_tag:\tb11459a0e11ca14c\n"
        b"memlock:\t4096\n"
        b"prog_id:\t97\n"
        b"run_time_ns:\t0\n"
        b"run_cnt:\t0\n"
        b"recursion_misses:\t0\n"
        b"verified_insns:\t2\n"
    ),
)
BPF_LINK = (
    b"anon_inode:bpf_link",
    (
        b"pos:\t0\n"
        b"flags:\t02000000\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"link_type:\txdp\n"
        b"link_id:\t89\n"
        b"prog_tag:\tb11459a0e11ca14c\n"
        b"prog_id:\t98\n"
        b"ifindex:\t1\n"
    ),
)
BPF_LINK_CGROUP = (
    b"anon_inode:bpf_link",
    (
        b"pos:\t0\n"
        b"flags:\t02000000\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"link_type:\tcgroup\n"
        b"link_id:\t90\n"
        b"prog_tag:\tb11459a0e11ca14c\n"
        b"prog_id:\t99\n"
        b"cgroup_id:\t25\n"
        b"attach_type:\t0\n"
    ),
)
USERFAULTFD = (
    b"anon_inode:[userfaultfd]",
    b"pos:\t0\nflags:\t02000000\nmnt_id:\t17\nino:\t14003\npending:\t0\ntotal:\t0\nAPI:\taa:0:80000000000001ff\n",
)
PERF_EVENT = (
    b"anon_inode:[perf_event]",
    b"pos:\t0\nflags:\t02\nmnt_id:\t17\nino:\t1038\n",
)
MEMFD = (
    b"/memfd:hello world (deleted)",
    b"pos:\t0\nflags:\t02100002\nmnt_id:\t0\nino:\t1026\n",
)
SECRET_MEMORY = (
    b"/secretmem (deleted)",
    b"pos:\t0\nflags:\t0100002\nmnt_id:\t15\nino:\t14010\n",
)
MASTER = (
    b"/dev/ptmx",
    b"pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t91\ntty-index:\t0\n",
)
TERMINAL = (
    b"/dev/pts/0",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t29\nino:\t3\n",
)
NETWORK_NAMESPACE = (
    b"net:[4026531833]",
    b"pos:\t0\nflags:\t02100000\nmnt_id:\t3\nino:\t4026531833\n",
)
SOCKET_IN_FLIGHT = (
    b"socket:[14058]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t10\nino:\t14058\nscm_fds: 3\n",
)
PIPE = (
    b"pipe:[14063]",
    b"pos:\t0\nflags:\t02000000\nmnt_id:\t16\nino:\t14063\n",
)
FILE_FLOCK = (
    b"/srv/lk",
    (
        b"pos:\t100\n"
        b"flags:\t02100002\n"
        b"mnt_id:\t27\n"
        b"ino:\t2171537\n"
        b"lock:\t1: FLOCK  ADVISORY  WRITE 5112 fe:00:2171537 0 EOF\n"
    ),
)
FILE_POSIX = (
    b"/srv/lk2",
    (
        b"pos:\t0\n"
        b"flags:\t02100002\n"
        b"mnt_id:\t27\n"
        b"ino:\t2171543\n"
        b"lock:\t1: POSIX  ADVISORY  WRITE 5112 fe:00:2171543 5 14\n"
        b"lock:\t2: POSIX  ADVISORY  READ 5112 fe:00:2171543 100 EOF\n"
    ),
)
FILE_OFD = (
    b"/srv/lk3",
    b"pos:\t0\nflags:\t02100002\nmnt_id:\t27\nino:\t2171544\nlock:\t1: OFDLCK ADVISORY  READ -1 fe:00:2171544 0 EOF\n",
)
FILE_LEASE = (
    b"/srv/lk4",
    (
        b"pos:\t0\n"
        b"flags:\t02120001\n"
        b"mnt_id:\t27\n"
        b"ino:\t2171545\n"
        b"lock:\t1: LEASE  ACTIVE    WRITE 5112 fe:00:2171545 0 EOF\n"
    ),
)
FILE_DIRECT = (
    b"/srv/lk",
    b"pos:\t0\nflags:\t07552002\nmnt_id:\t27\nino:\t2171537\n",
)
PATH_ONLY = (
    b"/srv/lk",
    b"pos:\t0\nflags:\t012400000\nmnt_id:\t27\nino:\t2171537\n",
)
TEMPORARY_FILE = (
    b"/srv/#2171546 (deleted)",
    b"pos:\t0\nflags:\t022300002\nmnt_id:\t27\nino:\t2171546\n",
)
DIRECTORY = (
    b"/srv",
    b"pos:\t0\nflags:\t02300000\nmnt_id:\t27\nino:\t2171442\n",
)
TUN = (
    b"/dev/net/tun",
    b"pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t105\niff:\ttap7\n",
)
MESSAGE_QUEUE = (
    b"/kpq",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t21\nino:\t14088\n",
)
LANDLOCK = (
    b"anon_inode:[landlock-ruleset]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n",
)
EPOLL = (
    b"anon_inode:[eventpoll]",
    (
        b"pos:\t0\n"
        b"flags:\t02000002\n"
        b"mnt_id:\t17\n"
        b"ino:\t1038\n"
        b"tfd:       57 events: 10000019 data:     7f8a00000039  pos:0 ino:36ef sdev:f\n"
        b"tfd:       55 events:     2019 data: ffffffffffffffff  pos:0 ino:36e9 sdev:9\n"
        b"tfd:       54 events: 80000019 data:     7f8a00000036  pos:0 ino:36e6 sdev:9\n"
    ),
)
EPOLL_EMPTY = (
    b"anon_inode:[eventpoll]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n",
)
SECCOMP = (
    b"anon_inode:seccomp notify",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n",
)
FSCONTEXT = (
    b"anon_inode:[fscontext]",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n",
)
KVM = (
    b"anon_inode:kvm-vm",
    b"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n",
)
PIDFD_THREAD = (
    b"anon_inode:[pidfd]",
    b"pos:\t0\nflags:\t02000202\nmnt_id:\t4\nino:\t5113\nPid:\t5112\nNSpid:\t5112\n",
)

ALL = {name: value for name, value in globals().items() if name.isupper()}
