"""What every room of tests has at hand."""

import signal

pytest_plugins = ["tests.requirements", "pytester"]

# A run in the background, or behind nohup, comes with these ignored, and every program it starts would too.
for _number, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)
