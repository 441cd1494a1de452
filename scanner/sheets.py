"""Rows of a CSV file or a workbook, one after the other, however big it is. Reads files only.

What could hide a row from who checks it is refused: bytes that are not of the encoding, quotes that
are not closed, several sheets of which none was named.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from scanner.errors import Misconfigured

TEXTS, BOOKS = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm")
"""How files end that are read."""

DELIMITERS = ",;\t|"
"""What stands between two cells, the likeliest first."""

DECLARED = re.compile(r'("?)sep=([^"\r\n])\2*\1(?:\r\n|\r|\n)', re.IGNORECASE)
"""A first line that tells spreadsheets what stands between cells; they do not count it as a row."""

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
"""The marks by which a file says its encoding; the longer ones before those that begin like them."""

OLD = b"\xd0\xcf\x11\xe0"
"""How .xls files begin, and .xlsx files under a password."""

SNIFFED, RECORDS = 65536, 50
"""So many characters, and rows, are looked at to find what stands between cells."""

LONGEST_CELL = 16_000_000
"""A longer one is a quote that was not closed."""

PLAIN = (str, bool, int, float, time, timedelta)
"""What cells hold beside days; anything else is a formula of one kind or another."""

Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file and how it is read; ``declared`` is its line ``sep=;`` before the first row, if any."""

    path: Path
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    ending: str = "\r\n"
    declared: str = ""

    @property
    def book(self) -> bool:
        """Whether it is a workbook."""
        return self.path.suffix.lower() in BOOKS

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its number; the first is 1, as in a spreadsheet.

        Raises:
            Misconfigured: the file cannot be read any further; the message says where.
        """
        return self._of_book() if self.book else self._of_text()

    def _of_text(self) -> Iterator[tuple[int, Row]]:
        number = 0
        csv.field_size_limit(LONGEST_CELL)
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                file.read(len(self.declared))
                for number, row in enumerate(
                    csv.reader(file, delimiter=self.delimiter, strict=True), start=1
                ):
                    yield number, row
        except csv.Error:
            raise Misconfigured(
                f"{str(self.path)!r}: row {number + 1} is no CSV: its quotes do not match, or "
                f"{self.delimiter!r} does not stand between its cells"
            ) from None
        except (OSError, UnicodeError):
            raise Misconfigured(f"{str(self.path)!r} cannot be read") from None

    def _of_book(self) -> Iterator[tuple[int, Row]]:
        with _opened(self.path) as book:
            page = book[self.sheet]
            page.reset_dimensions()
            for number, row in enumerate(page.iter_rows(values_only=True), start=1):
                yield number, [as_text(cell) for cell in row]


def understand(
    path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "", otherwise: str = ""
) -> Sheet:
    """Find out how a file is to be read; what is given is not guessed.

    ``otherwise`` is what else people can do about an encoding that the file does not say.

    Raises:
        Misconfigured: it is no such file, empty, in another encoding, or has several sheets.
    """
    suffix = path.suffix.lower()
    if suffix not in (*TEXTS, *BOOKS):
        raise Misconfigured(f"{path.name!r} must end in {', '.join((*TEXTS, *BOOKS))}")
    begin = _begin(path)
    if not begin:
        raise Misconfigured(f"{str(path)!r} is empty")
    if suffix in BOOKS:
        if encoding or delimiter:
            raise Misconfigured("a workbook has no encoding and no delimiter: leave them out")
        return Sheet(path, sheet=_chosen(path, sheet))
    if sheet:
        raise Misconfigured("only a workbook has sheets: leave --sheet out")
    code = _encoding(path, begin, encoding, otherwise)
    head = _head(path, code)
    said = DECLARED.match(head)
    declared, sign = (said[0], said[2]) if said else ("", "")
    head = head.removeprefix(declared)
    if not head.strip():
        raise Misconfigured(f"{str(path)!r} is empty")
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise Misconfigured(f"{delimiter!r} cannot stand between cells: give one character")
    ending = "\r\n" if "\r\n" in head else "\n"
    delimiter = delimiter or sign or _delimiter(head)
    return Sheet(path, code, delimiter, ending=ending, declared=declared)


def _begin(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise Misconfigured(f"{str(path)!r} is not a file")
    try:
        with path.open("rb") as file:
            return file.read(4)
    except FileNotFoundError:
        raise Misconfigured(f"there is no file {str(path)!r}") from None
    except OSError:
        raise Misconfigured(f"{str(path)!r} cannot be read") from None


def _encoding(path: Path, begin: bytes, given: str, otherwise: str) -> str:
    """Prove that all of a file is of the encoding that was given, or that it says, or UTF-8."""
    try:
        code = given and codecs.lookup(given).name
    except LookupError:
        raise Misconfigured(f"there is no encoding {given!r}: such as utf-8 or cp1252") from None
    code = code or next((name for mark, name in BOMS if begin.startswith(mark)), "utf-8")
    try:
        with path.open(encoding=code, newline="\n") as file:
            for line, text in enumerate(file, start=1):
                if "\0" in text:
                    raise Misconfigured(f"{str(path)!r} is no text: line {line} holds a zero byte")
    except UnicodeError:
        raise Misconfigured(
            f"{str(path)!r} holds letters that are not written in {code}: save it as CSV UTF-8, as "
            f"Excel calls it under Save As{otherwise}"
        ) from None
    except LookupError:  # a codec that is not one of texts, such as rot13
        raise Misconfigured(f"{given!r} is no encoding of texts") from None
    return code


def _head(path: Path, code: str) -> str:
    with path.open(encoding=code, newline="") as file:
        return file.read(SNIFFED)


def _delimiter(head: str) -> str:
    """Choose the sign that cuts most rows into the same number of cells, more than one."""
    best, chosen = (0.0, 0), DELIMITERS[0]
    for sign in DELIMITERS:
        rows = list(_some(head, sign))
        width, often = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        score = (round(often / len(rows), 2), width) if width > 1 else (0.0, 0)
        if score > best:
            best, chosen = score, sign
    return chosen


def _some(head: str, sign: str) -> Iterator[Row]:
    try:
        reader = csv.reader(head.splitlines(keepends=True), delimiter=sign)
        yield from (row for _, row in zip(range(RECORDS), reader, strict=False) if row)
    except csv.Error:
        return


def load(path: Path, *, read_only: bool = False) -> Any:
    """Open a workbook: whole, to be changed and written again, or ``read_only``, row by row.

    Raises:
        Misconfigured: there is none, it is damaged, under a password or of the old format.
    """
    from openpyxl import load_workbook

    if _begin(path) == OLD:
        raise Misconfigured(
            f"{str(path)!r} is under a password, or of the old format: save it as .xlsx or .csv"
        )
    try:
        return load_workbook(path, read_only=read_only, data_only=False)
    except _damages():
        raise Misconfigured(f"{str(path)!r} is no workbook, or damaged") from None


def _damages() -> tuple[type[Exception], ...]:
    """List what openpyxl raises over files that are none of its."""
    import zipfile

    from openpyxl.utils.exceptions import InvalidFileException

    return (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError,
            AttributeError, OSError, SyntaxError, EOFError)  # fmt: skip


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a workbook for reading once, row by row.

    Raises:
        Misconfigured: it is damaged.
    """
    book = load(path, read_only=True)
    try:
        yield book
    except Misconfigured:
        raise
    except _damages():
        raise Misconfigured(f"{str(path)!r} is damaged: save it again") from None
    finally:
        book.close()


def _chosen(path: Path, wanted: str) -> str:
    """Choose the sheet that was named, else the only one that has rows."""
    with _opened(path) as book:
        names = [str(page.title) for page in book.worksheets]
        if wanted:
            if wanted not in names:
                raise Misconfigured(f"{str(path)!r} has no sheet {wanted!r}")
            return wanted
        filled = [page.title for page in book.worksheets if _filled(page)]
    if not filled:
        raise Misconfigured(f"{str(path)!r} is empty")
    if len(filled) > 1:
        raise Misconfigured(f"{str(path)!r} has {len(filled)} sheets with rows: say which is "
                            "imported, with --sheet NAME")  # fmt: skip
    return str(filled[0])


def _filled(page: Any) -> bool:
    page.reset_dimensions()
    return any(cell is not None for row in page.iter_rows(values_only=True) for cell in row)


def as_text(cell: object) -> str:
    """Write a cell of a workbook as CSV would have it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, PLAIN):
        return str(cell)
    return f"={str(getattr(cell, 'text', None) or '').removeprefix('=')}"  # of several cells


def column(name: str | int) -> str:
    """Name a column by its place as a spreadsheet does: 0 is A."""
    number, letters = int(name) + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def write(rows: Iterator[Sequence[str]], like: Sheet, path: Path) -> None:
    """Write rows as CSV, in the encoding and with the signs of the file that they come from.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("w", encoding=like.encoding or "utf-8", newline="") as file:
        file.write(like.declared)
        csv.writer(file, delimiter=like.delimiter or ",", lineterminator=like.ending).writerows(
            rows
        )
