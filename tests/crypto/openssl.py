"""OpenSSL on the shell, in a folder of its own."""

import subprocess
from pathlib import Path

OAEP = "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{0} -pkeyopt rsa_mgf1_md:{0}"
WRAP_PAD = "-id-aes256-wrap-pad -iv A65959A6"


class Shell:
    """A folder, and OpenSSL run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, **files: bytes) -> None:
        """Write files, named after the arguments."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    def openssl(self, command: str) -> bytes:
        """Run an OpenSSL command that must succeed. Returns what it wrote to the file `out`, or printed."""
        ran = subprocess.run(["openssl", *command.split()], cwd=self.folder, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        out = self.folder / "out"
        return out.read_bytes() if out.exists() else ran.stdout
