"""Whether a text says that a name is that of an agent, a relative or its writer. Reads nothing.

Who works on a case has the name of a customer as often as anybody, and is seldom known as a namesake.
"""

import re
from collections.abc import Sequence

from scanner.identity import FORMS_OF_ADDRESS
from scanner.model import Span
from scanner.subjects.neighbours import ROOM, around
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

WORD_AHEAD = re.compile(r"(?<![^\W_])([^\W\d_]+)(?:\.?:?[ ]|,[ ]|[ ]?\()\Z")
"""The word before a name."""

DOER = re.compile(
    r"(?:assigned|escalated|transferred|forwarded|referred|handed|handled|created|closed|opened|updated|answered|logged"
    r"|processed|bearbeitet|erstellt|geschlossen|zugewiesen|weitergeleitet)[ ](?:over )?(?:to|by|von|an|durch):?[ ]\Z",
    re.IGNORECASE,
)
"""What stands before the name of who works on something."""

FIELD_AHEAD = re.compile(
    r"([^\W\d_][\w -]{0,30})(?:\\?[\"'])?[ ]?[:=][ ]?\[?(?:\\?[\"'])?\Z|<([^\W\d_][\w.-]*)>\Z"
    r"|(?<![^\W_])((?i:(?:first|last|given|family|sur|fore)[ ]?names?|vorname|nachname|prenom|pr[ée]nom|apellidos?))[ ]\Z"
)
"""What a field is called of which a name is the value, or how its value begins."""

PARENT = (
    re.compile(r"[\"']([\w -]{1,30})[\"']\s?:\s?\{[^{}]*\Z"),
    re.compile(r"<([^\W\d_][\w.-]*)[^<>]*>"),
)
"""What a field of JSON or XML is called that holds others."""

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a word begins in firstName."""

NOT = re.compile(
    r"(?<![^\W_])(?:not|isn['’]?t|wasn['’]?t|nicht|kein|keine|pas|niet|geen)[ ]\Z", re.IGNORECASE
)

STAMPED = re.compile(r"(?:\A|[\r\n])[\s>*\[(-]*\d[\d/.:\-T ]{2,22}[Z\])]*[ ]?[-–|,]?[ ]?\Z")
"""A day or an hour with which a line begins: a name behind it is that of who wrote the line."""

WRITES = re.compile(r"[ ]?(?::|>|[-–—][ ])")
"""What stands between the name of who writes, and what was written."""

SPEAKS = re.compile(
    r"^[>\s*]*([^\W\d_a-zß-öø-ÿ][\w.'’-]+)(?:[ ][^\W\d_a-zß-öø-ÿ][\w.'’-]+)?[ ]?:", re.MULTILINE
)
"""Who says a line of a chat."""

TO = re.compile(
    r"(?:(?<![^\W_])(?:to|for|an|für|pour|para|per|voor|do|till)[ ]|@)\Z", re.IGNORECASE
)
"""What stands before the name of whom a message is for."""

MARK = re.compile(r"[\s.!?,;]*(?:[-–—/~(]{1,2}|--)[ ]?")
"""What stands before the mark of who wrote a note: ... 5466 - Ann, ... 5466 /LEE."""

END_OF_LINE = re.compile(r"[)\s.]*(?:[\r\n]|\Z)")

BEGINS = re.compile(r"[\s>*-]*\Z")
"""What a line begins with that says nothing."""

IS_ROLE = re.compile(
    r"[ ]?[,(][ ]?(?:(?:the|her|his|their|a|an|my|our|seine?|ihre?|die|der|das|el|la|le|su|sa|son)[ ])?([^\W\d_]+)(?![^\W_])"
)
"""What somebody is said to be, behind the name: Ann Lee (mother); Ann Lee, neighbour of."""

CALLED = re.compile(r",[ ]?\Z")


def other(said: str, span: Span) -> bool:
    """Whether a name is said to be that of somebody who is no customer: Agent Ann Lee, her daughter Ann."""
    ahead, after = around(said, span)
    bare = untitled(ahead)
    word = WORD_AHEAD.search(bare)
    if (word and _is_role(word[1])) or DOER.search(bare) or NOT.search(bare):
        return True
    field = FIELD_AHEAD.search(bare)
    if field is not None and not listed("addressed", "roles").isdisjoint(_words(label(field))):
        return True
    behind = IS_ROLE.match(after)
    return (behind is not None and _is_role(behind[1])) or _within(bare)


def writes(said: str, span: Span, *, part: bool) -> bool:
    """Whether a name is that of who wrote a line, or says it in a chat: 5/4 Ann: left a message.

    ``part``: of a part of a name, which in front of a colon is a list's as seldom as a chat's.
    """
    if WRITES.match(said, span.end) is None:
        return False
    ahead = said[max(0, span.start - ROOM) : span.start]
    if STAMPED.search(ahead):
        return True
    if not part or not _begins(ahead):
        return False
    mine = folded(said[span.start : span.end])
    return any(folded(m[1]) != mine for m in SPEAKS.finditer(_lines(said, span)))


def marks(said: str, span: Span, others: Sequence[Span]) -> bool:
    """Whether a name is a writer's mark at the end of a line that says more than something of the subject."""
    if END_OF_LINE.match(said, span.end) is None:
        return False
    for one in others:
        if one.end <= span.start and MARK.fullmatch(said, one.end, span.start):
            line = re.split(r"[\r\n]", said[max(0, one.start - ROOM) : one.start])[-1]
            if re.search(r"[^\W\d_]", line) or "\n" in said[one.end : span.start]:
                return True
    return False


def addressed(said: str, span: Span, others: Sequence[Span]) -> bool:
    """Whether a message is for who is called so: Note to Ann - 5466 called; Ann, 5466 needs help."""
    ahead, _ = around(said, span)
    if TO.search(ahead):
        return True
    if not _begins(said[max(0, span.start - ROOM) : span.start]):
        return False
    return any(
        CALLED.fullmatch(said, span.end, one.start)
        and re.match(r"[ ][^\W\d_]", said[one.end :][:2])
        for one in others
        if span.end < one.start
    )


def untitled(ahead: str) -> str:
    """Leave out the forms of address at the end of what stands before a name: Agent Ms. Lee."""
    while word := WORD_AHEAD.search(ahead):
        plain = folded(word[1])
        if plain not in FORMS_OF_ADDRESS and plain not in listed("addressed", "titles"):
            break
        ahead = ahead[: word.start()]
    return ahead


def label(field: re.Match[str]) -> str:
    """Give what a field is called, folded, of an attribute of XML without the element's name."""
    called = field[1] or field[2] or field[3]
    if field[0].rstrip(" \"'\\[").endswith("="):
        called = called.split()[-1]
    return folded(HUMP.sub(" ", called)).strip()


def _is_role(word: str) -> bool:
    return folded(word) in listed("addressed", "roles")


def _words(called: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", called.replace("_", " "))


def _within(ahead: str) -> bool:
    """Whether the field around a name's is called as a role: "agent": {"first": "Ann"}."""
    parents = [m[1] for m in (PARENT[0].search(ahead),) if m is not None]
    parents += [m[1] for m in PARENT[1].finditer(ahead) if f"</{m[1]}" not in ahead]
    roles = listed("addressed", "roles")
    return any(
        not roles.isdisjoint(_words(folded(HUMP.sub(" ", called).replace("_", " "))))
        for called in parents
    )


def _begins(ahead: str) -> bool:
    """Whether a line begins behind what stands before a name."""
    return BEGINS.fullmatch(meant(re.split(r"[\r\n]", ahead)[-1])) is not None


def _lines(said: str, span: Span) -> str:
    """Give the lines around a name."""
    return said[max(0, span.start - 4 * ROOM) : span.end + 4 * ROOM]
