"""Runs example command lines in a throw-away vault, and writes down what a person would have seen.

What differs from run to run (ids, blobs, times) is replaced, each by the same stand-in wherever it comes again, so that
making the documents twice gives the same bytes.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kmscli.clock import DAY

PREPARATION = (
    "kmscli create-key --description 'Demonstration key' --query KeyMetadata.KeyId --output text > key-id",
    "kmscli create-alias --alias-name alias/demo --target-key-id $(cat key-id)",
    "printf 'correct horse battery staple' > secret.txt",
    "kmscli encrypt --key-id alias/demo --plaintext fileb://secret.txt --ciphertext-out secret.encrypted > /dev/null",
)

KEY_IDS = (
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "0987dcba-09fe-87dc-65ba-ab0987654321",
    "5678efab-56cd-78ab-90ef-0123456789cd",
)

MULTI_REGION_IDS = ("mrk-1234abcd12ab34cd56ef1234567890ab",)
MATERIAL_IDS = ("0123456789abcdef" * 4, "fedcba9876543210" * 4, "00112233445566778899aabbccddeeff" * 2)
CHAINS = ("a1b2c3d4e5f60718",)
VAULT_IDS = ("00112233445566778899aabbccddeeff",)
KEY_STORE_IDS = ("cks-1234567890abcdef0",)
"""Stand-ins, in the order in which a transcript comes upon what they stand for."""

NOW = 1767603600
"""The stand-in for the time at which an example runs; a date in its future or past keeps its distance in days."""

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
MULTI_REGION_ID = re.compile(r"\bmrk-[0-9a-f]{32}\b")
MATERIAL_ID = re.compile(r"\b[0-9a-f]{64}\b")
VAULT_ID = re.compile(r"\b(?<!mrk-)[0-9a-f]{32}\b")
KEY_STORE_ID = re.compile(r"\bcks-[0-9a-f]{17}\b")
CHAIN = re.compile(r"\b[0-9a-f]{16}\b")
MOMENT = re.compile(r"\b(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(\+00:00|Z)")
STAND_INS = (
    (UUID, KEY_IDS),
    (MULTI_REGION_ID, MULTI_REGION_IDS),
    (MATERIAL_ID, MATERIAL_IDS),
    (VAULT_ID, VAULT_IDS),
    (CHAIN, CHAINS),
    (KEY_STORE_ID, KEY_STORE_IDS),
)
BLOB = re.compile(r'"([A-Za-z0-9+/]{40,}={0,2})"')


@contextmanager
def prepared_home() -> Iterator[Path]:
    """A home folder with a vault, a key, its alias `alias/demo`, a file and its ciphertext."""
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
    key = (home / "key-id").read_text().strip()
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
    text = BLOB.sub(described_blob, text)
    for pattern, stand_ins in STAND_INS:
        found = dict.fromkeys(match for match in pattern.findall(text) if match not in stand_ins)
        for match, stand_in in zip(found, stand_ins, strict=False):
            text = text.replace(match, stand_in)
    return MOMENT.sub(moved_moment, text)


def described_blob(match: re.Match[str]) -> str:
    """A blob's size instead of its base64; what is no blob stays."""
    content = match[1]
    if MATERIAL_ID.fullmatch(content) or b"correct horse" in base64.b64decode(content):
        return match[0]
    return f'"<{len(base64.b64decode(content))} bytes in base64>"'


def moved_moment(match: re.Match[str]) -> str:
    """A moment as if the example had run at `NOW`."""
    moment = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    days = round((moment.timestamp() - time.time()) / DAY)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(NOW + days * DAY)) + match[2]
