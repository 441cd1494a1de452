"""A Clarify-like demo database and the truth about it.

``create(url)`` makes the database and fills it; ``build(engine)`` fills an empty one. Both write
into empty databases only, and nowhere else.
"""

from scanner.demo.builder import build, create, open_new
from scanner.demo.truth import Truth

__all__ = ["Truth", "build", "create", "open_new"]
