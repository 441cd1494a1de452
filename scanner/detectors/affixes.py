"""What the column names of a table have in common and says nothing of one: EMP_NAME, nomAdh, sname."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table

from scanner.rulefiles.recognizers import Rules

LEAST, MOST = 4, 0.6
"""So many columns, and more than such a share, begin or end with a word that says nothing of one."""

LONGEST_GLUED = 4
"""The longest run of letters that is taken from the front of a word: "mem" of "memname"; half of
the names must have it."""


@dataclass(frozen=True, slots=True)
class Affixes:
    """A word that most names of a table begin with, one that they end with, and letters in front."""

    before: str = ""
    after: str = ""
    glued: str = ""

    def bare(self, words: tuple[str, ...], rules: Rules) -> tuple[str, ...]:
        """Leave out of a name's words what most names of its table have, unless nothing stays."""
        if self.before and words[1:] and words[0] == self.before:
            words = words[1:]
        if self.after and words[1:] and words[-1] == self.after:
            words = words[:-1]
        if self.glued and words and words[0] not in rules.pieces:
            rest = words[0].removeprefix(self.glued)
            if rest != words[0] and rest in rules.pieces:
                return (rest, *words[1:])
        return words


def affixes(table: Table, rules: Rules) -> Affixes:
    """Find what most column names of a table begin and end with."""
    names = [words for c in table.columns if (words := rules.words(c.name))]
    several = [words for words in names if len(words) > 1]
    before = _common([words[0] for words in several], len(names), rules)
    after = _common([words[-1] for words in several], len(names), rules)
    return Affixes(before, after, _glued(table, names, rules))


def _common(words: Sequence[str], names: int, rules: Rules) -> str:
    """Give the word that most names share, unless it says what they hold: PHONE_HOME."""
    word, often = Counter(words).most_common(1)[0] if words else ("", 0)
    told = rules.phrases.get((word,))
    silent = (told is None or told.alone) and word not in rules.vocabulary["heads"]
    return word if often >= LEAST and often > MOST * names and silent else ""


def _glued(table: Table, names: Sequence[Sequence[str]], rules: Rules) -> str:
    """Give the letters that most names and the table's own begin with: "sname" of "student"."""
    own = next((w for w in rules.words(table.name) if not w.isdigit()), "")
    firsts = [words[0] for words in names]
    for length in range(min(LONGEST_GLUED, len(own)), 0, -1):
        often = sum(f.startswith(own[:length]) for f in firsts)
        if often >= LEAST and 2 * often >= len(firsts):
            return own[:length]
    return ""
