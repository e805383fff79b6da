"""A process with a reception over a workspace of Slack's and a database that others share."""

import asyncio
import sys
from pathlib import Path

from connectors.base import Pace
from connectors.reception.house import House
from connectors.reception.reception import open_reception
from connectors.slack import SlackChannel
from core.settings import Settings
from core.wording import Lang
from db.engine import open_engine
from tests.connectors.contract.scripted import Scripted
from tests.fakes.slack_server import SECRET, TOKEN

PACE = Pace(lease=1.0, beat=0.2, poll=0.05, send=1.0, backoff=0.1, retry=0.1, at_once=4)


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


async def main(home: str, url: str, slack: str) -> None:
    settings = Settings(
        _env_file=None,
        home=Path(home),
        slack_bot_token=TOKEN,
        slack_signing_secret=SECRET,
        slack_api_url=slack,
    )
    house = House(settings, open_engine(url), Scripted(), pace=PACE)
    async with open_reception(house, [SlackChannel(settings, no_labels)]):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
