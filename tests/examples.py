"""How many examples are tried where each one is dear.

``EFFACE_TEST_EXAMPLES=20`` tries twenty times as many: for a night, or after such code was changed.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("EFFACE_TEST_EXAMPLES", "1"))


def dear(count: int) -> settings:
    """Try ``count`` examples, however long each takes."""
    unheeded = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=count * TIMES, deadline=None, suppress_health_check=unheeded)
