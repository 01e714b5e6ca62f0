"""What every room of tests has at hand."""

import signal

pytest_plugins = ["tests.requirements", "pytester"]

# A run that was started in the background comes with these ignored, and every program it starts would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
