"""Indexes in a process of its own, to be killed: `worker.py HOME DATABASE_URL`; says `ready` when it begins."""

import sys
from pathlib import Path

from core.settings import Settings
from db.engine import open_engine
from tools.memory.memory import open_memory


def main() -> None:
    home, url = sys.argv[1:]
    settings = Settings(home=Path(home), database_url=url, _env_file=None)
    memory = open_memory(settings, open_engine(url))
    memory.warm()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    memory.close()


if __name__ == "__main__":
    main()
