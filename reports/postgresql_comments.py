"""The verdicts as comments on the columns of a PostgreSQL database, beside those already there.

PostgreSQL holds one comment a column (its manual, "COMMENT"). So the script brings a function of
its session that reads the comment, takes our mark of an earlier run out, and puts the new one in.
"""

from importlib.resources import files
from pathlib import Path

from reports import _file, _script, _words
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

SUFFIXES = ("sql",)

REMARKS = (
    "Adds a mark such as [efface: direct PERSON; redact] to the comments of columns.",
    "Comments that are there stay: the mark stands behind them, and a new run replaces it.",
    "A column that is not personal (any more) has no mark. Writes comments only, no data.",
    "Needs to own the tables. Run it with: psql -v ON_ERROR_STOP=1 -f THIS.sql",
)


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the script.

    Raises:
        Misconfigured: the file cannot be written.
    """
    function = files("reports").joinpath("_assets/postgresql_comments.sql")
    lines = [
        *_script.head(audit, *REMARKS),
        "",
        function.read_text(encoding="utf-8"),
        *(_call(audit, finding) for finding in audit.scan.columns),
        "",
        "COMMIT;",
        "",
    ]
    _file.save(path, "\n".join(lines))


def _call(audit: Audit, finding: Finding) -> str:
    values = (*_script.parts(finding.column), _mark(audit, finding))
    return f"SELECT pg_temp.efface_mark({', '.join(map(_script.literal, values))});"


def _mark(audit: Audit, finding: Finding) -> str:
    """Say what a column is and what was decided, nothing where it is not personal."""
    if finding.personal == "none":
        return ""
    made = audit.decisions.get(finding.column)
    told = " ".join(filter(None, (_words.VERDICTS[finding.personal], finding.entity)))
    safe = _words.shown(told).translate(str.maketrans("[]", "()"))
    return f"[efface: {safe}; {made.choice if made else 'undecided'}]"
