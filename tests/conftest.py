"""What holds for every test, however the tests were started."""

import signal


def pytest_configure() -> None:
    """Commands under test inherit what is ignored here: SIGINT where a shell starts us in the background, SIGHUP
    after nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
