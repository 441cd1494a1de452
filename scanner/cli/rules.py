"""``efface rules``: what is looked for, and that it does what it says. Reads rule files only."""

from pathlib import Path
from typing import Any

import click

from scanner.cli import _options, _output

Listing = dict[str, list[dict[str, Any]]]

LONG = 72
"""How long a cell of the listing may be."""


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.option("--check", is_flag=True, help="Only prove the rules' examples, and say how many.")
@click.option("--strategies", is_flag=True, help="Only what can be done with a value.")
@_options.JSON
def command(name: str | None, check: bool, strategies: bool, as_json: bool) -> None:
    """List recognizers, column names, packs and strategies; prove their examples.

    NAME is a pack that comes with efface, FILE a .toml of yours: a pack, or recognizers and
    column names that add to ours. Every rule is checked whenever it is read.
    """
    listed = {"strategies": _strategies()} if strategies else _listing(name)
    if as_json:
        from scanner.model import dump

        _output.emit(dump({"version": 1, **listed}))
    elif check:
        counts = ", ".join(f"{len(rows):,} {kind}" for kind, rows in listed.items())
        _output.emit(f"all rules do what they say: {counts}")
    else:
        _output.emit("\n\n".join(_table(kind, rows) for kind, rows in listed.items()))


def _listing(name: str | None) -> Listing:
    from scanner import rulebook

    if name and "subject" in rulebook.load(name):
        return {"packs": [_pack(name)]}
    files = [Path(name)] if name and name.endswith(".toml") else []
    return {
        **_looked_for(files),
        "packs": [_pack(n) for n in rulebook.packs()],
        "strategies": _strategies(),
    }


def _looked_for(files: list[Path]) -> Listing:
    from scanner import recognizers

    rules = recognizers.load(files)
    words: dict[str, int] = {}
    for phrase in rules.phrases.values():
        words[phrase.entity] = words.get(phrase.entity, 0) + 1
    return {
        "recognizers": [
            {
                "entity": r.entity,
                "name": r.name,
                "weight": r.weight,
                "matches": len(r.matches),
                "rejects": len(r.rejects),
            }
            for r in rules.recognizers
        ],
        "column names": [
            {"entity": e or "(speaks against)", "phrases": n} for e, n in sorted(words.items())
        ],
    }


def _pack(name: str) -> dict[str, Any]:
    from scanner import rulebook

    pack = rulebook.pack(name)
    return {
        "name": pack.name,
        "title": pack.title,
        "subject": pack.subject,
        "tables": len(pack.columns),
        "relations": len(pack.reaches),
        "stops": len(pack.stops),
        "kpis": len(pack.kpis),
    }


def _strategies() -> list[dict[str, Any]]:
    from scanner import strategies

    return [{"name": name, "meaning": meaning} for name, meaning in strategies.describe()]


def _table(kind: str, rows: list[dict[str, Any]]) -> str:
    """Lay rows out in columns under their keys."""
    if not rows:
        return f"{kind}: none"
    heads = list(rows[0])
    cells = [[_brief(str(row[h])) for h in heads] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *cells]
    )
    return f"{kind.upper()}\n" + "\n".join(f"  {line}" for line in lines)


def _brief(text: str) -> str:
    """Cut a long explanation to its first sentence; --json has all of it."""
    return text if len(text) <= LONG else text.partition(". ")[0].rstrip(".") + "."
