"""A docs page a command: its help as it is printed, and a worked example that was really run."""

from pathlib import Path

import examples
import iam_examples
from kmscli.cli.page import PIPED_WIDTH, Page, plain
from man import all_pages
from transcript import prepared_home, transcript


def files() -> dict[str, str]:
    """All docs pages, by path, and their table of contents."""
    pages = all_pages()
    contents = "".join(f"- [{page.command}]({file_name(page)}): {page.summary}\n" for page in pages)
    with prepared_home() as home:
        made = {f"docs/commands/{file_name(page)}": markdown(page, example_of(page, home)) for page in pages}
    return made | {"docs/commands/README.md": f"# Commands\n\nMade by `make docs`.\n\n{contents}"}


def file_name(page: Page) -> str:
    """`kmscli vault init` is explained in `vault-init.md`; `kmscli` in `kmscli.md`."""
    return f"{'-'.join(page.command.split()[1:]) or 'kmscli'}.md"


def example_of(page: Page, home: Path) -> str:
    """The transcript of a command's example, if it has one."""
    lines = (examples.EXAMPLES | iam_examples.EXAMPLES).get(page.command.removeprefix("kmscli "), ())
    return transcript(lines, home) if lines else ""


def markdown(page: Page, example: str) -> str:
    """A docs page."""
    parts = [f"# {page.command}", f"```text\n{plain(page, PIPED_WIDTH)}```"]
    if example:
        parts += ["## Example", f"```console\n{example}```"]
    return "\n\n".join(parts) + "\n"
