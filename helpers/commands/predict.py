"""`predict`: what photos show, according to a bundle's model."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.commands.check import tell
from helpers.commands.failures import tell_failure
from helpers.commands.options import add_bundle, exit_status
from helpers.photos.names import printable

if TYPE_CHECKING:
    from helpers.sharing.bundle import Bundle

HELP = "say what photos show, with a bundle's model: a line per photo, or a table"
_LINES = "lines"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_bundle(command)
    command.add_argument("photos", nargs="+", help="photo files, folders of photos, or patterns such as 'garden/*.jpg'")
    command.add_argument(
        "--format",
        choices=(_LINES, "csv", "json"),
        help="lines, or a table (default: by the ending of --out, or lines)",
    )
    command.add_argument("--out", metavar="FILE", help="where to write it, instead of the terminal; never over a file")


def run(options: Namespace) -> int:
    """Say what each photo shows, and return how many could not be read."""
    from helpers.sharing.bundle import load_bundle

    form, out = _form_of(options), None if options.out is None else Path(options.out)
    _check_new(out)
    bundle = load_bundle(options.bundle)
    files, failed = _files(options)
    if not files:
        return exit_status(failed)
    if form == _LINES and out is None:
        return exit_status(failed + _print_lines(bundle, files, options))
    return exit_status(failed + _write_table(bundle, files, form, out, options))


def _form_of(options: Namespace) -> str:
    ending = Path(options.out).suffix.lower().removeprefix(".") if options.out else ""
    return options.format or (ending if ending in ("csv", "json") else _LINES)


def _check_new(out: Path | None) -> None:
    if out is not None and (out.exists() or out.is_symlink()):
        raise _there_already(out)


def _there_already(out: Path) -> FileExistsError:
    return FileExistsError(
        f"Expected a new file to write to. Received: '{printable(out)}', which is there. Choose another name."
    )


def _files(options: Namespace) -> tuple[list[Path], int]:
    from helpers.photos.named import photo_files

    files, failed = [], 0
    for named in options.photos:
        try:
            found, refused = photo_files(named)
        except (ValueError, OSError) as error:
            tell_failure(error, options)
            failed += 1
            continue
        files += found
        failed += len(refused)
        for path, reason in refused:
            tell_failure(ValueError(f"Expected a folder of photos. Received: '{printable(path)}', {reason}."), options)
    return list(dict.fromkeys(files)), failed


def _print_lines(bundle: "Bundle", files: list[Path], options: Namespace) -> int:
    failed = 0
    for photo in files:
        try:
            tell(f"{photo}: {bundle.predict(photo)}")
        except (ValueError, OSError) as error:
            tell_failure(error, options)
            failed += 1
    return failed


def _write_table(bundle: "Bundle", files: list[Path], form: str, out: Path | None, options: Namespace) -> int:
    from helpers.photos.parallel import in_parallel
    from helpers.sharing.table import Answered, as_text

    def ask(photo: Path) -> Answered:
        try:
            return Answered(photo, bundle.predict(photo))
        except (ValueError, OSError) as error:
            tell_failure(error, options)
            return Answered(photo, None, printable(str(error)))

    answered = in_parallel(ask, files, "Classifying photos")
    if form == _LINES:
        text = "".join(printable(f"{each.photo}: {each.answer or each.error}") + "\n" for each in answered)
    else:
        text = as_text(answered, bundle.class_names, form)
    if out is None and sys.stdout is None:
        raise OSError("Expected somewhere to write the table to. Received: a closed standard output. Pass --out FILE.")
    if out is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    else:
        _write_new(out, text.encode(errors="backslashreplace"))
        tell(f"{len(answered)} photos: {out}")
    return sum(each.answer is None for each in answered)


def _write_new(out: Path, data: bytes) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = out.open("xb")  # others may have written it in between
    except FileExistsError:
        raise _there_already(out) from None
    try:
        with file:
            file.write(data)
    except BaseException:  # Ctrl+C too: half a table would be taken for a whole one
        out.unlink(missing_ok=True)
        raise
