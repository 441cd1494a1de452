"""What a site that decides otherwise on a stop has to write, and where. Values in, lines out."""

from collections.abc import Iterable

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.plans import Plan
from scanner.purge import directives
from scanner.purge.directives import StopIf
from scanner.rulebook import Stop


def lifting(plan: Plan) -> list[str]:
    """Say what to write where a site decides otherwise on the stops of a plan: a line each.

    Only on those of its pack or its directives: a hold is not decided there.
    """
    redacting = plan.method == "redact"
    try:
        said: Iterable[Stop | StopIf] = (
            rulebook.pack(plan.pack).stops
            if redacting
            else [s for name in plan.directives for s in directives.load(name).stops]
        )
    except Misconfigured:  # a file that was moved: that it stops is told all the same
        return []
    known = {s.rule for s in said}
    rules = sorted({s.rule for s in plan.stops if s.effect == "stop" and s.rule in known})
    if not rules:
        return []
    if not redacting:
        named = " or ".join(plan.directives)
        return [
            f"where this site decides otherwise, write a directive that extends {named}, copy the "
            f'[[stop_if]] with rule = "{rule}" into it, add effect = "warn", and plan with it'
            for rule in rules
        ]
    words = [w for rule in rules for w in ("[[stop]]", f'rule = "{rule}"', 'redact = "warn"')]
    if plan.pack not in rulebook.packs():
        head = f"where this site decides otherwise, let {plan.pack} say, and plan again:"
        return [head, *words]
    return [
        "where this site decides otherwise, write a file site.toml with these lines:",
        "[pack]",
        f'extends = "{plan.pack}"',
        *words,
        "then plan again with --pack site.toml, and erase with --pack site.toml",
    ]
