"""How a site decides otherwise on a stop: what to write where, line by line. Reads rule files only."""

from collections.abc import Iterable

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.plans import Plan
from scanner.purge import directives
from scanner.purge.directives import StopIf
from scanner.rulebook import Stop


def told(plan: Plan) -> list[str]:
    """Say what to write; nothing where no stop is one of those that a site may lift."""
    rules = sorted({s.rule for s in plan.stops if s.effect == "stop"} & _liftable(plan))
    if not rules:
        return []
    if plan.method != "redact":
        named = " or ".join(plan.directives)
        return [
            f"where this site decides otherwise, write a directive that extends {named}, copy the "
            f'[[stop_if]] with rule = "{rule}" into it, add effect = "warn", and plan with it'
            for rule in rules
        ]
    words = [w for rule in rules for w in ("[[stop]]", f'rule = "{rule}"', 'redact = "warn"')]
    if plan.pack not in rulebook.packs():
        return [f"where this site decides otherwise, let {plan.pack} say, and plan again:", *words]
    return [
        "where this site decides otherwise, write a file site.toml with these lines:",
        "[pack]",
        f'extends = "{plan.pack}"',
        *words,
        "then plan again with --pack site.toml, and erase with --pack site.toml",
    ]


def _liftable(plan: Plan) -> set[str]:
    """Name the stops of a plan's pack, or of its directives, that a site may lift."""
    try:
        said: Iterable[Stop | StopIf] = (
            rulebook.pack(plan.pack).stops
            if plan.method == "redact"
            else [s for name in plan.directives for s in directives.load(name).stops]
        )
    except Misconfigured:  # a file that was moved: that it stops is told all the same
        return set()
    return {s.rule for s in said if s.liftable}
