"""nginx, haproxy before it, redis, postgres and node, each kept busy by clients. Truth: who belongs to which.

Argument: a directory that everybody may enter.
"""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import stage

NOBODY = 65534
BREATH = 0.005
"""Seconds between two questions: a client keeps its server busy, and leaves a processor to the test."""
NGINX = """
daemon off;
worker_processes 2;
user root;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    server {{ listen 127.0.0.1:{port}; return 200 "well"; }}
}}
"""
HAPROXY = """
global
    nbthread 2
defaults
    mode http
    timeout connect 5s
    timeout client 50s
    timeout server 50s
listen before
    bind 127.0.0.1:{port}
    server nginx 127.0.0.1:{behind}
"""
NODE = """
require("http").createServer((_, answer) => answer.end("well")).listen({port}, "127.0.0.1");
setInterval(() => require("fs").readFile("/proc/self/stat", () => undefined), 10);
"""
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
COUNT = b"*2\r\n$4\r\nINCR\r\n$5\r\nasked\r\n"
NEVER = b"*3\r\n$5\r\nBLPOP\r\n$7\r\nnothing\r\n$1\r\n0\r\n"


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


def start(*words: str, user: int = 0) -> subprocess.Popen[bytes]:
    """Start a server that ends with us, whatever it says."""
    return stage.keep(
        subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, group=user
        )
    )


def end(*words: str) -> None:
    """Run a program of nobody's to its end."""
    subprocess.run(
        words, check=True, user=NOBODY, group=NOBODY, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def connected(port: int) -> socket.socket:
    """Connect, as soon as somebody listens."""
    for _ in range(1500):
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port))
        time.sleep(0.02)
    msg = f"nobody listens on {port}"
    raise TimeoutError(msg)


def one_by_one(port: int) -> None:
    """Ask over a new connection each time."""
    while True:
        with connected(port) as connection:
            connection.sendall(GET)
            connection.recv(4096)
        time.sleep(BREATH)


def over_and_over(port: int, question: bytes) -> None:
    """Ask over one connection."""
    with connected(port) as connection:
        while True:
            connection.sendall(question)
            connection.recv(4096)
            time.sleep(BREATH)


def never_answered(port: int) -> None:
    """Wait for an element that nobody will add, without a timeout."""
    with connected(port) as connection:
        connection.sendall(NEVER)
        connection.recv(4096)


def client(do: Callable[..., None], *arguments: object) -> int:
    number: int = stage.child(lambda: None, lambda: do(*arguments))["pid"]
    return number


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert found is not None, name
    return found


def postgres(home: Path) -> Sequence[int]:
    """Make a cluster of nobody's, and have two clients of pgbench work on it through a unix socket."""
    server = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    data = home / "postgres"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    initdb = [f"{server}/initdb", "--no-sync", "--username=nobody", "--auth=trust", str(data / "main")]
    end(*initdb)
    options = f"-c listen_addresses= -c unix_socket_directories={data} -c fsync=off"
    main = start(f"{server}/postgres", "-D", str(data / "main"), *options.split(), user=NOBODY)
    bench = [f"{server}/pgbench", "-h", str(data), "-U", "nobody", "postgres"]
    ready = ["sh", "-c", f"until {server}/pg_isready -q -h {data} -U nobody; do sleep 0.05; done"]
    end(*ready)
    end(*bench, "--initialize", "--quiet")
    work = start(*bench, "--no-vacuum", "--client=2", "--rate=100", "--time=1000000", user=NOBODY)
    return [main.pid, work.pid]


def main() -> None:
    home = Path(sys.argv[1])
    web, before, redis, node = free_ports(4)
    (home / "nginx.conf").write_text(NGINX.format(home=home, port=web))
    (home / "haproxy.cfg").write_text(HAPROXY.format(port=before, behind=web))
    servers = {
        "nginx": start(program("nginx"), "-p", str(home), "-c", f"{home}/nginx.conf", "-e", f"{home}/error.log"),
        "haproxy": start(program("haproxy"), "-W", "-db", "-f", f"{home}/haproxy.cfg"),
        "redis": start(
            program("redis-server"), "--bind", "127.0.0.1", "--port", str(redis), "--save", "", "--dir", str(home)
        ),
        "node": start(program("node"), "-e", NODE.format(port=node)),
    }
    clients = {
        "nginx": [client(one_by_one, web)],
        "haproxy": [client(one_by_one, before), client(over_and_over, before, GET)],
        "redis": [client(over_and_over, redis, COUNT), client(never_answered, redis)],
        "node": [client(over_and_over, node, GET), client(one_by_one, node)],
    }
    for port in (web, before, redis, node):
        connected(port).close()
    cast = {name: [server.pid, *clients[name]] for name, server in servers.items()}
    stage.tell(**cast, postgres=postgres(home))


main()
