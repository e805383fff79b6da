"""Run every benchmark, each in a process of its own so that none warms another."""

import subprocess
import sys

BENCHES = ("turn", "concurrent", "metrics_scale", "cold", "import_rows", "pipeline", "signals", "timers")


def main() -> int:
    """Run all; the exit code is that of the first that failed."""
    codes = [subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode for name in BENCHES]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
