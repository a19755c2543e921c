"""One process call: `kmscli encrypt` with a key file, and help, against `python -c pass` of the same environment; and
`kmscli sign` against `kmscli encrypt`.

Whole processes in turn; medians of same-round ratios. Wall time decides, CPU time is printed beside it. Where an `aws`
is installed, `aws kms encrypt` runs too, against a local endpoint that answers at once.

    python benchmarks/process_call.py [--rounds N]
"""

import argparse
import contextlib
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from measuring import KMSCLI, alternate, bare_environment, compile_package, headline, line, run

ENCRYPT = ["encrypt", "--key-id", "alias/benchmark", "--plaintext", "aGVsbG8="]
SIGN = ["sign", "--message", "aGVsbG8=", "--key-id"]
EC_KEY = ["alias/ec", "--signing-algorithm", "ECDSA_SHA_256"]
RSA_KEY = ["alias/rsa", "--signing-algorithm", "RSASSA_PKCS1_V1_5_SHA_256"]
ANSWER = b'{"CiphertextBlob": "AQICAHg=", "KeyId": "arn:aws:kms:us-east-1:111122223333:key/x"}'


class Canned(BaseHTTPRequestHandler):
    """Answers every request alike, at once."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def endpoint() -> Iterator[str]:
    """A local endpoint."""
    server = HTTPServer(("127.0.0.1", 0), Canned)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def quiet(environment: dict[str, str], *command: str) -> Callable[[], object]:
    """A row: a command whose output nobody reads."""

    def action() -> None:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    return action


def on_terminal(environment: dict[str, str], *command: str) -> Callable[[], object]:
    """A row: a command on a terminal."""

    def action() -> None:
        ours, theirs = pty.openpty()
        with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs):
            os.close(theirs)
            with contextlib.suppress(OSError):
                while os.read(ours, 1 << 16):
                    pass
        os.close(ours)

    return action


def measure(home: str, rounds: int) -> None:
    """Time all rows in turn, and print the ratios."""
    environment = bare_environment(home)
    make_key(environment)
    nothing = quiet(environment, sys.executable, "-c", "pass")
    rows = {
        "pass": nothing,
        "encrypt": quiet(environment, KMSCLI, *ENCRYPT),
        "decrypt": quiet(environment, KMSCLI, "decrypt", "--ciphertext-blob", f"fileb://{home}/blob"),
        "create-key": quiet(environment, KMSCLI, "create-key"),
        "sign, ECDSA P-256": quiet(environment, KMSCLI, *SIGN, *EC_KEY),
        "sign, RSA-2048": quiet(environment, KMSCLI, *SIGN, *RSA_KEY),
        "help": quiet(environment, KMSCLI, "help"),
        "encrypt help": quiet(environment, KMSCLI, "encrypt", "help"),
        "unknown option": quiet(environment, KMSCLI, "encrypt", "--no-such-option"),
        "audit help": quiet(environment, KMSCLI, "audit", "help"),
        "help on a terminal": on_terminal(environment, KMSCLI, "help"),
    }
    times = alternate(rows, rounds, processes=True)
    headline(f"One process call, x `python -c pass` ({times.milliseconds('pass')}, least / median of {rounds})")
    budgets = {"encrypt": 4.0, "decrypt": 4.0, "create-key": None, "help on a terminal": 16.0}
    signing = [row for row in rows if row.startswith("sign")]
    for row in rows:
        if row != "pass" and row not in signing:
            note = f"CPU {times.ratio(row, 'pass', cpu=True):.2f} x, {times.milliseconds(row)}"
            line(row, times.ratio(row, "pass"), budgets.get(row, 9.0), note=note)
    for row in signing:
        note = f"CPU {times.ratio(row, 'encrypt', cpu=True):.2f} x, {times.milliseconds(row)}"
        line(f"{row}, x encrypt", times.ratio(row, "encrypt"), 1.35, note=note)
    if not shutil.which("aws"):
        print("  aws kms encrypt: no aws is installed here, so that row is left out")
        return
    with endpoint() as url:
        measure_against_aws(environment, url)


def measure_against_aws(environment: dict[str, str], url: str) -> None:
    """The same call by AWS's own command line."""
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}
    with_aws = {**environment, **credentials, "AWS_EC2_METADATA_DISABLED": "true"}
    aws = ["aws", "--endpoint-url", url, "--region", "us-east-1", "kms", *ENCRYPT]
    try:
        run(aws, with_aws)
    except subprocess.CalledProcessError:
        print("  aws kms encrypt: the aws here does not run, so that row is left out")
        return
    rows = {"aws": quiet(with_aws, *aws), "encrypt": quiet(environment, KMSCLI, *ENCRYPT)}
    times = alternate(rows, 5, processes=True)
    note = f"aws {times.milliseconds('aws')}"
    line("encrypt, x `aws kms encrypt`", times.ratio("encrypt", "aws"), 0.1, note=note)


def make_key(environment: dict[str, str]) -> None:
    """A vault with its key file, keys with their aliases, and a ciphertext."""
    signs = ["--key-usage", "SIGN_VERIFY", "--key-spec"]
    for alias, kind in {"benchmark": [], "ec": [*signs, "ECC_NIST_P256"], "rsa": [*signs, "RSA_2048"]}.items():
        create = [KMSCLI, "create-key", *kind, "--query", "KeyMetadata.KeyId", "--output", "text"]
        key = run(create, environment).decode().strip()
        run([KMSCLI, "create-alias", "--alias-name", f"alias/{alias}", "--target-key-id", key], environment)
    sealed = run([KMSCLI, *ENCRYPT, "--ciphertext-out", "-"], environment)
    Path(environment["HOME"], "blob").write_bytes(sealed)


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    compile_package()
    with tempfile.TemporaryDirectory() as home:
        measure(home, parser.parse_args().rounds)


if __name__ == "__main__":
    main()
