"""Every error a user can meet, and the exit status it ends in.

The status says what became of the customer's data: after 1 to 4 and 130 nothing was changed.

    EffaceError 1
    ├── Negative 1          the question was answered with no
    ├── Misconfigured 2     wrong usage, rules, pack or workbook
    ├── Refused 3           a safeguard
    │   ├── Undecided, Stopped, Stale, Residue, Unconfirmed, AlreadyDone, TooMany
    ├── DatabaseFailed 4    rolled back
    ├── Unrecorded 5        committed, and the journal knows at least the intent
    └── Unfinished 5        some subjects or batches of several are done, as the journal says
"""

import errno
from collections.abc import Sequence


class EffaceError(Exception):
    """Base of all errors that this package raises on purpose; the text is for the user.

    ``more`` are lines that are told below the sentence: faults, or what to write where.
    """

    exit_code = 1

    def __init__(self, sentence: str = "", more: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.lines = (sentence, *more)


class Negative(EffaceError):
    """The answer is no: something was found that should not be there, or the journal is broken."""


class Misconfigured(EffaceError):
    """An option, a rule file, a pack or a workbook is wrong."""

    exit_code = 2

    def __str__(self) -> str:
        return "\n  ".join(self.lines)


class Refused(EffaceError):
    """A safeguard stopped the work; nothing was changed."""

    exit_code = 3


class Undecided(Refused):
    """A column that holds personal data has no decision yet."""


class Stopped(Refused):
    """A stop of the pack holds for this subject."""


class Stale(Refused):
    """The database is no longer as it was when the plan or the scan was made."""


class Residue(Refused):
    """After the plan's steps the subject could still be found."""


class Unconfirmed(Refused):
    """The subject's key was not given a second time."""


class AlreadyDone(Refused):
    """The journal says that this plan has been carried out."""


class TooMany(Refused):
    """The plan would change more rows than the caller allowed."""


class Unrecorded(EffaceError):
    """The erasure was committed, but something that should say so could not be written."""

    exit_code = 5


class Unfinished(EffaceError):
    """Of several subjects or batches some are done; what was begun can be gone on with."""

    exit_code = 5


class DatabaseFailed(EffaceError):
    """The database could not be reached, refused or failed; the transaction was rolled back."""

    exit_code = 4


def why(error: OSError) -> str:
    """Say in words why a file could not be read or written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "the disk is full, or a limit on file sizes is reached"
    return (error.strerror or type(error).__name__).lower()
