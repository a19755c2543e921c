"""Makes all that is generated, from the declarations: `python docs/generate`, or `--check` to only name what is stale.

The operation index comes first, since everything else reads it.
"""

import sys
from pathlib import Path

import index

ROOT = Path(__file__).parents[2]
FOLDERS = ("completions", "man", "docs/commands")
"""These hold generated files and nothing else: what is no longer made is removed."""


def stale(files: dict[str, str], folders: tuple[str, ...] = ()) -> list[str]:
    """The paths, below the project's root, that are not as they would be made."""
    differ = [path for path, text in files.items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != text]
    present = [str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).glob("*")]
    return sorted(differ + [path for path in present if path not in files])


def write(files: dict[str, str], paths: list[str]) -> None:
    """Make each path as it should be, or remove it."""
    for path in paths:
        if path in files:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(files[path])
        else:
            (ROOT / path).unlink()


def everything_else() -> dict[str, str]:
    """Completions, man pages and docs pages. Imported late: they read the index."""
    import commands
    import completions
    import man

    return completions.files() | man.files() | commands.files()


def main(*, check: bool) -> int:
    """Make or check all; 1 if something was to be done and only a check was wanted."""
    first = index.files()
    behind = stale(first)
    if not check:
        write(first, behind)
    rest = everything_else()
    others = stale(rest, FOLDERS)
    if not check:
        write(rest, others)
    for path in behind + others:
        print(f"{'stale' if check else 'made'}: {path}")
    return 1 if check and behind + others else 0


sys.exit(main(check="--check" in sys.argv[1:]))
