"""A process with the reception over a board in a file: takes events by standard input, tells which it has kept."""

import asyncio
import sys
import threading
from pathlib import Path

from connectors.base import Pace
from connectors.memory import SECRET, Board, Memory
from connectors.reception.house import House
from connectors.reception.reception import Reception, open_reception
from core.settings import Settings
from db.engine import open_engine
from tests.connectors.contract.scripted import Scripted

PACE = Pace(lease=2.0, beat=0.5, poll=0.1, send=1.0, backoff=0.1)


def take_in(channel: Memory, reception: Reception, over: threading.Event) -> None:
    """Hear one event a line; answer with its number once it is kept."""
    for line in sys.stdin:
        number, _, raw = line.partition(" ")
        channel.hear(raw.encode(), {"signature": SECRET}, reception.desk.accept)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    over.set()


async def main(home: str, url: str, board: str) -> None:
    channel, over = Memory(Board(Path(board))), threading.Event()
    house = House(Settings(home=Path(home), _env_file=None), open_engine(url), Scripted(), pace=PACE)
    async with open_reception(house, [channel]) as reception:
        threading.Thread(target=take_in, args=(channel, reception, over), daemon=True).start()
        while not over.is_set():
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
