"""Which label of a list of values says nothing of anybody, where a cell cannot be empty. Values in, a value out."""

import re
from collections.abc import Sequence

from scanner.texts import wording

NOTHING = tuple(
    frozenset(words.split())
    for words in (
        "none null nil na empty blank nothing keine keiner ohne leer aucun aucune ninguno ninguna nessuno "
        "nessuna geen brak ingen",
        "unknown unspecified undisclosed undefined undetermined unset unbekannt unbestimmt inconnu "
        "inconnue desconocido desconocida sconosciuto sconosciuta onbekend nieznany okand ukjent ukendt "
        "withheld notknown notspecified notset notdisclosed notstated notprovided notavailable "
        "notapplicable prefernottosay keineangabe nichtangegeben nonspecifie noespecificado",
        "other others andere sonstige sonstiges anderes autre autres otro otra otros altro altra outro "
        "anders overig inny annan",
    )
)
"""Labels that mean none, the clearest first, without blanks and accents."""

QUOTED = re.compile(r"\(*N?'((?:[^']|'')*)'")
"""A text as databases write a column's default: 'unknown'::mood."""


def neutral(labels: Sequence[str], default: str = "") -> str | None:
    """Choose the label that means none: by its word, else the column's ``default``, else "other".

    None where all of them say something: any one would be untrue of the person.
    """
    *clear, rest = NOTHING
    said = {_plain(label): label for label in reversed(labels)}
    for words in clear:
        if found := [label for word, label in said.items() if word in words or not word]:
            return found[-1]
    if (quoted := QUOTED.match(default.strip())) and (
        one := quoted[1].replace("''", "'")
    ) in labels:
        return one
    return next((label for word, label in said.items() if word in rest), None)


def _plain(label: str) -> str:
    """Write a label as one word: "N/A" is "na", "not_set" is "notset"."""
    return "".join(wording.fold(w) for w in re.findall(r"[^\W_]+", label))
