"""Completions for bash, zsh and fish: static scripts, so that a Tab starts no Python.

All three walk the words before the cursor to the place they name, then offer what may stand there: the values of the
option before the cursor, the options if the word starts with a dash, the commands, or files.
"""

from collections.abc import Iterator
from pathlib import Path

from places import Place, Word, places, shared_options

TEMPLATES = Path(__file__).with_name("templates")


class Bash:
    """How bash spells what the templates leave open."""

    script = "kmscli.bash"
    shared = "_kmscli_shared="

    def words(self, words: list[Word]) -> str:
        """A list of words."""
        return f'"{" ".join(word.name for word in words)}"'

    def offer(self, words: list[Word]) -> str:
        """To offer words."""
        return f"offered={self.words(words)}"

    def enter(self, place: Place) -> str:
        """To go to the place just read."""
        return f"place=$next shared={'yes' if place.shares else ''}"

    def branch(self, place: str, statement: str) -> str:
        """A branch of a `case`; the place may begin with `*`."""
        pattern = f'*"{place[1:]}"' if place.startswith("*") else f'"{place}"'
        return f"            {pattern}) {statement} ;;\n"


class Zsh(Bash):
    """As bash, but a word carries its help."""

    script = "_kmscli"

    def words(self, words: list[Word]) -> str:
        return f"({' '.join(quoted(':'.join(described(word))) for word in words)})"


class Fish(Bash):
    """Words with their help after a tab, and a `switch`."""

    script = "kmscli.fish"
    shared = "set -g __kmscli_shared "

    def words(self, words: list[Word]) -> str:
        return " ".join(rf"{word.name}\t{quoted(word.help)}" if word.help else word.name for word in words)

    def offer(self, words: list[Word]) -> str:
        return f"set offered {self.words(words)}".rstrip()

    def enter(self, place: Place) -> str:
        return f"set place $next; set shared {'yes' if place.shares else ''}".rstrip()

    def branch(self, place: str, statement: str) -> str:
        return f"            case '{place}'\n                {statement}\n"


def quoted(text: str) -> str:
    """In single quotes, as all three shells read them alike: with no backslash inside."""
    return "'" + text.replace("\\", "").replace("'", r"'\''") + "'"


def described(word: Word) -> Iterator[str]:
    """A word and its help, for zsh, which parts them at a colon."""
    yield word.name.replace(":", "\\:")
    if word.help:
        yield word.help


def files() -> dict[str, str]:
    """The scripts, by path."""
    known = places()
    return {f"completions/{shell.script}": filled(shell, known) for shell in (Bash(), Zsh(), Fish())}


def filled(shell: Bash, known: list[Place]) -> str:
    """A shell's template with its tables."""
    tables = {
        "PLACES": "".join(shell.branch(place.path, shell.enter(place)) for place in known if place.path),
        "VALUES": "".join(shell.branch(place, shell.offer(words)) for place, words in values(known)),
        "OPTIONS": "".join(shell.branch(place.path, shell.offer(place.options)) for place in known if place.options),
        "COMMANDS": "".join(shell.branch(place.path, shell.offer(place.commands)) for place in known if place.commands),
        "SHARED": f"{shell.shared}{shell.words(shared_options())}\n",
    }
    text = (TEMPLATES / shell.script).read_text()
    for name, lines in tables.items():
        text = text.replace(f"# {name}\n", lines)
    return text


def values(known: list[Place]) -> Iterator[tuple[str, list[Word]]]:
    """The values of each option that has few, and files for those that stand where commands would be offered."""
    for option in shared_options():
        if option.choices:
            yield f"* {option.name}", bare(option.choices)
        elif option.takes_value:
            yield f" {option.name}", []
    for place in known:
        yield from ((f"{place.path} {option.name}", bare(option.choices)) for option in place.options if option.choices)


def bare(choices: tuple[str, ...]) -> list[Word]:
    """Values as words that need no help."""
    return [Word(choice, "") for choice in choices]
