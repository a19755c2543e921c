"""Runs example command lines in a throw-away vault, and writes down what a person would have seen.

What differs from run to run (ids, blobs, times) is replaced, each by the same stand-in wherever it comes again, so that
making the documents twice gives the same bytes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ONLY_KEY = "kmscli list-keys --query 'Keys[0].KeyId' --output text"

PREPARATION = (
    "kmscli vault init --lab",
    "kmscli create-key --description 'Demonstration key'",
    f"kmscli create-alias --alias-name alias/demo --target-key-id $({ONLY_KEY})",
    "printf 'correct horse battery staple' > secret.txt",
    "kmscli encrypt --key-id alias/demo --plaintext fileb://secret.txt --ciphertext-out secret.encrypted > /dev/null",
)

KEY_IDS = (
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "0987dcba-09fe-87dc-65ba-ab0987654321",
    "5678efab-56cd-78ab-90ef-0123456789cd",
)

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
HEX = re.compile(r"\b[0-9a-f]{64}\b")
TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
BASE64 = re.compile(r"(?<=\")[A-Za-z0-9+/]{40,}={0,2}(?=\")")


@contextmanager
def prepared_home() -> Iterator[Path]:
    """A home folder with a lab vault, a key, its alias `alias/demo`, a file and its ciphertext."""
    with tempfile.TemporaryDirectory(prefix="kmscli-docs-") as folder:
        home = Path(folder) / "prepared"
        home.mkdir(mode=0o700)
        for line in PREPARATION:
            ran(line, home).check_returncode()
        yield home


def transcript(lines: tuple[str, ...], prepared: Path) -> str:
    """What a terminal shows of some command lines, run one after the other from the prepared state."""
    home = prepared.parent / "home"
    shutil.copytree(prepared, home)
    key = ran(ONLY_KEY, home).stdout.strip()
    try:
        shown = "".join(seen(line.format(key=key), home) for line in lines)
    finally:
        shutil.rmtree(home)
    return steady(shown.replace(str(home), "~"))


def seen(line: str, home: Path) -> str:
    """A command line and its output, as a terminal shows them."""
    output = ran(line, home).stdout
    return f"$ {line}\n{output}" + ("" if output.endswith("\n") or not output else "\n")


def ran(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A command line run by bash in the home folder, standard error among its output."""
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "TZ": "UTC",
    }
    return subprocess.run(
        ["bash", "-c", line],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def steady(text: str) -> str:
    """The text with stand-ins for what differs from run to run."""
    ids = dict.fromkeys(UUID.findall(text))
    for found, stand_in in zip(ids, KEY_IDS, strict=False):
        text = text.replace(found, stand_in)
    text = HEX.sub("f" * 64, text)
    text = TIME.sub(r"2026-01-05T09:00:00\2", text)
    return BASE64.sub("AQICAHh...", text)
