"""Everything that is in force, as rows for ``efface rules``. Reads rule files only."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.detectors.presidio import Presidio
    from scanner.rulefiles.recognizers import Foreign, Rules

Listing = dict[str, list[dict[str, Any]]]

NAMED = "where the name speaks for it"


def looked_for(rules: "Rules", presidio: "Presidio") -> Listing:
    """List recognizers, Presidio's, column names, and what is allowed or disabled."""
    return {
        "recognizers": _recognizers(rules),
        "deny lists": [
            {"entity": r.entity, "name": r.name, "values": len(r.texts), "file": r.source}
            for r in rules.recognizers
            if r.texts
        ],
        "allow lists": [
            {
                "why": a.why,
                "values": len(a.texts),
                "pattern": "yes" if a.pattern else "no",
                "file": a.source,
            }
            for a in rules.allowed
        ],
        "presidio": _presidios(rules, presidio),
        "presidio files": _custom(presidio),
        "column names": _names(rules),
        "disabled": [{"name": name} for name in sorted(rules.disabled)],
    }


def _recognizers(rules: "Rules") -> list[dict[str, Any]]:
    return [
        {
            "entity": r.entity,
            "name": r.name,
            "weight": r.weight,
            "asked": NAMED if r.needs_name else "always",
            "finds": "also inside of texts" if r.inside else "whole values",
            "presidio": r.presidio,
            "matches": len(r.matches),
            "rejects": len(r.rejects),
            "file": r.source,
        }
        for r in rules.recognizers
        if not r.texts
    ]


def _presidios(rules: "Rules", presidio: "Presidio") -> list[dict[str, Any]]:
    from scanner.detectors import by_presidio

    asked = by_presidio.roster(rules, presidio)
    rows = []
    for name in presidio.classes:
        known = asked.get(name) or rules.foreign.get(name)
        rows.append(
            {
                "entity": known.entity if known else "",
                "name": name,
                "asked": NAMED + " or check digits do"
                if name in asked
                else _off(name, known, rules),
                "words": ", ".join(" ".join(w) for w in known.words) if known else "",
                "file": known.source if known else "",
            }
        )
    return rows


def _off(name: str, known: "Foreign | None", rules: "Rules") -> str:
    if name in rules.disabled:
        return "never: disabled"
    return f"never: {known.off}" if known and known.off else "never: a recognizer above is"


def _custom(presidio: "Presidio") -> list[dict[str, Any]]:
    return [
        {
            "entity": r.supported_entities[0],
            "name": r.name,
            "asked": "always",
            "patterns": len(getattr(r, "patterns", ())),
            "values": len(getattr(r, "deny_list", ())),
            "context": ", ".join(r.context or ()),
        }
        for r in presidio.custom
    ]


def _names(rules: "Rules") -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for phrase in rules.phrases.values():
        key = (phrase.entity, phrase.source)
        counts[key] = counts.get(key, 0) + 1
    return [
        {"entity": entity or "(speaks against)", "phrases": n, "file": source}
        for (entity, source), n in sorted(counts.items())
    ]


def pack(name: str) -> dict[str, Any]:
    """Describe a pack in numbers."""
    from scanner import rulebook

    known = rulebook.pack(name)
    return {
        "name": known.name,
        "title": known.title,
        "subject": known.subject,
        "tables": len(known.columns),
        "relations": len(known.reaches),
        "stops": len(known.stops),
        "kpis": len(known.kpis),
    }


def strategies() -> list[dict[str, Any]]:
    """Say what can be done with a value."""
    from scanner import strategies as known

    return [{"name": name, "meaning": meaning} for name, meaning in known.describe()]


def read(files: Sequence[Path]) -> "tuple[Rules, Presidio]":
    """Read ours and the user's rule files; those that end in .yaml or .yml are Presidio's."""
    from scanner.detectors.presidio import Presidio
    from scanner.rulefiles import recognizers

    listed = [f for f in files if f.suffix in {".yaml", ".yml"}]
    return recognizers.load([f for f in files if f not in listed]), Presidio(listed)
