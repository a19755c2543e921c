"""A call through the agent: `kmscli encrypt` by a whole process that an agent stands in for, and what an agent costs
those who have none, against `python -c pass` of the same environment.

Whole processes in turn; medians of same-round ratios. A child's CPU time is the agent's, so only the wall time counts.

    python benchmarks/agent.py [--rounds N]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import KMSCLI, alternate, bare_environment, compile_package, headline, line, run
from process_call import EC_KEY, ENCRYPT, RSA_KEY, SIGN, make_key, quiet

NO_AGENT = "from kmscli.agent.hand_over import hand_over; hand_over()"
"""What a console script does first."""


def measure(home: str, rounds: int) -> None:
    """Time all rows in turn, and print the ratios."""
    bare = bare_environment(home)
    make_key(bare)
    served = {**bare, "XDG_RUNTIME_DIR": home}
    run([KMSCLI, "agent", "start"], served)
    rows = {
        "pass": quiet(bare, sys.executable, "-c", "pass"),
        "encrypt, through the agent": quiet(served, KMSCLI, *ENCRYPT),
        "describe-key, through the agent": quiet(served, KMSCLI, "describe-key", "--key-id", "alias/benchmark"),
        "sign, ECDSA P-256, through the agent": quiet(served, KMSCLI, *SIGN, *EC_KEY),
        "sign, RSA-2048, through the agent": quiet(served, KMSCLI, *SIGN, *RSA_KEY),
        "encrypt, without": quiet(bare, KMSCLI, *ENCRYPT),
        "looking for an agent where there is none": quiet(bare, sys.executable, "-c", NO_AGENT),
    }
    try:
        times = alternate(rows, rounds, processes=True)
    finally:
        subprocess.run([KMSCLI, "agent", "stop"], env=served, check=True, stdout=subprocess.DEVNULL)
    headline(f"A call through the agent, x `python -c pass` ({times.milliseconds('pass')}, least / median of {rounds})")
    for row in rows:
        if row != "pass":
            budget = 1.8 if row == "encrypt, through the agent" else None
            line(row, times.ratio(row, "pass"), budget, note=times.milliseconds(row))


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    compile_package()
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o700)
        measure(home, parser.parse_args().rounds)


if __name__ == "__main__":
    main()
