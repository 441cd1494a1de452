"""LibreOffice as a colleague: it opens workbooks, edits them by script and saves them.

As a script (run by the Python that has LibreOffice's ``uno``) it carries out the edits of a JSON
file: a list of [file, new file, [[sheet, action, arguments...]]].
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TIMEOUT = 120
"""Seconds after which a hanging office is an error."""


def convert(path, folder, kind="xlsx"):
    """Let LibreOffice open a workbook and save it as ``kind``."""
    command = [*_office(folder), "--convert-to", kind, "--outdir", str(folder / kind), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    return folder / kind / path.with_suffix(f".{kind}").name


def edit(jobs, folder):
    """Let LibreOffice carry out the edits of all jobs in one session."""
    python = next((p for p in ("/usr/bin/python3", sys.executable) if _has_uno(p)), None)
    if python is None:
        _skip("no Python with LibreOffice's uno module is installed")
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    pipe = f"efface{abs(hash(folder))}"
    command = [*_office(folder), f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        command = [python, __file__, pipe, str(folder / "jobs.json")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        assert done.returncode == 0, done.stderr
        office.wait(TIMEOUT)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)
        office.wait()


def _skip(why):
    import pytest  # the Python of LibreOffice has none

    pytest.skip(why)


def _office(folder):
    if not shutil.which("soffice"):
        _skip("LibreOffice (soffice) is not installed")
    return [
        "soffice",
        "--headless",
        "--norestore",
        f"-env:UserInstallation=file://{folder}/profile",
    ]


def _has_uno(python):
    if not Path(python).exists():
        return False
    return (
        subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode
        == 0
    )


def _connect(pipe):
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(600):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.1)
        else:
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    raise SystemExit("LibreOffice does not answer")


def _property(name, value):
    from com.sun.star.beans import PropertyValue

    return PropertyValue(Name=name, Value=value)


def _carry_out(book, title, action, *arguments):
    sheet = book.Sheets.getByName(title)
    sheet.unprotect("")
    if action == "write":
        column, row, value = arguments
        cell = sheet.getCellByPosition(column, row)
        if isinstance(value, str):
            cell.String = value
        else:
            cell.Value = value
    elif action == "delete row":
        sheet.Rows.removeByIndex(arguments[0], 1)
    elif action == "insert row":
        sheet.Rows.insertByIndex(arguments[0], 1)
    elif action == "insert column":
        sheet.Columns.insertByIndex(arguments[0], 1)
    else:
        raise SystemExit(f"no action {action}")


def main(pipe, jobs):
    """Carry out the jobs and close the office."""
    desktop = _connect(pipe)
    for source, target, edits in json.loads(Path(jobs).read_text(encoding="utf-8")):
        hidden = (_property("Hidden", True),)
        book = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, hidden)
        for one in edits:
            _carry_out(book, *one)
        form = (_property("FilterName", "Calc MS Excel 2007 XML"),)
        book.storeToURL(Path(target).as_uri(), form)
        book.close(True)
    with suppress(Exception):
        desktop.terminate()
    os._exit(0)  # the bridge is gone: a Python that tidies up would fall over it


if __name__ == "__main__":
    main(*sys.argv[1:])
