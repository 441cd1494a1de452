"""Pages that need nothing but themselves: their parts, and a policy that forbids every request."""

import base64
import hashlib
from importlib.resources import files

from reports._markup import Markup


def asset(name: str) -> Markup:
    """Read a part of a page."""
    return Markup(files("reports").joinpath(f"_assets/{name}").read_text(encoding="utf-8"))


def policy(style: str, script: str = "") -> str:
    """Allow this style and this script, and nothing else."""
    scripts = f"script-src {_digest(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_digest(style)}; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
