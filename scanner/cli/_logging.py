"""Shows what our own modules log, on stderr, when asked for; other libraries' logs never.

Ours hold names of tables and columns and counts. Nobody promises that of the others.
"""

import logging
from collections.abc import Callable

OURS = ("scanner", "reports")
"""The packages whose log lines may be shown."""


def begin(*, verbose: bool) -> Callable[[], None]:
    """Silence all log lines, or show ours.

    Returns:
        What undoes it.

    """
    silence = logging.NullHandler()  # without any handler, Python prints warnings by itself
    logging.getLogger().addHandler(silence)
    shown = _show() if verbose else None

    def end() -> None:
        logging.getLogger().removeHandler(silence)
        if shown:
            for name in OURS:
                logging.getLogger(name).removeHandler(shown)
                logging.getLogger(name).setLevel(logging.NOTSET)

    return end


def _show() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s", "%H:%M:%S"))
    for name in OURS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.DEBUG)
    return handler
