"""Small disks, where mounting is allowed, and how to fill them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A disk of its own of some size mounted over a folder, with what was in the folder copied onto it."""
    aside = folder.with_name(folder.name + ".aside")
    shutil.copytree(folder, aside)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)], check=True)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def may_mount(folder: Path) -> bool:
    """Whether this process may mount a disk."""
    tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False)
    if tried.returncode == 0:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    return tried.returncode == 0


def fill(folder: Path) -> Path:
    """A file that takes all that is left of a disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for block in (1 << 16, 1 << 12):
            try:
                while file.write(b"\0" * block) == block:
                    pass
            except OSError:
                continue
    return filler
