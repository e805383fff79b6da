"""Every tool the agent has, and whether it reads or writes."""

from typing import Literal

from tools.conversations import tools as conversations
from tools.metrics import tools as metrics
from tools.profiles import tools as profiles

ACCESS: dict[str, Literal["read", "write"]] = {
    metrics.ASK: "read",
    metrics.DEFINE: "read",
    metrics.LIST: "read",
    conversations.SEARCH: "read",
    profiles.BRIEF: "read",
}
