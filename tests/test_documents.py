"""The documents point at what is there, and say what is so."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """Each link to a file of the project finds it."""
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_is_listed() -> None:
    """Each page of docs/adr is in its table of contents, under its own title."""
    contents = (ROOT / "docs/adr/README.md").read_text()
    for page in (ROOT / "docs/adr").glob("0*.md"):
        title = page.read_text().partition("\n")[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in contents


def test_every_tutorial_is_listed() -> None:
    """Each page of docs/tutorials is in its table of contents, under its own title."""
    contents = (ROOT / "docs/tutorials/README.md").read_text()
    for page in (ROOT / "docs/tutorials").glob("[!R]*.md"):
        title = page.read_text().partition("\n")[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in contents


def test_every_lint_exception_has_its_reason() -> None:
    """Each rule of ruff that is switched off says why, beside it."""
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("ignore = [")
    end = lines.index("]", start)
    exceptions = [line for line in lines[start + 1 : end] if line.strip().startswith('"')]
    rules = tomllib.loads("\n".join(lines))["tool"]["ruff"]["lint"]["ignore"]
    assert len(exceptions) == len(rules)
    assert [line.strip() for line in exceptions if "#" not in line] == []


def test_the_readme_names_the_two_commands() -> None:
    """The README's two commands are targets of the Makefile."""
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for command in ("demo", "test"):
        assert f"make {command} " in readme
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_no_example_failed() -> None:
    """A worked example shows an error only where it is there to show one."""
    meant = {
        "delete-alias.md": "NotFoundException",
        "disable-key.md": "DisabledException",
        "iam-delete-user.md": "DeleteConflict",
        "iam-put-user-permissions-boundary.md": "AccessDeniedException",
        "iam-put-user-policy.md": "AccessDeniedException",
        "verify-mac.md": "KMSInvalidMacException",
        "verify.md": "KMSInvalidSignatureException",
    }
    pages = {page.name: page.read_text() for page in (ROOT / "docs/commands").glob("*.md")}
    shown = {name: re.findall(r"\[ERROR\]: An error occurred \((\w+)\)", text) for name, text in pages.items()}
    assert {name: errors for name, errors in shown.items() if errors} == {name: [code] for name, code in meant.items()}
    assert [name for name, text in pages.items() if "Traceback" in text or "command not found" in text] == []
