"""What parts of the product are handed of others: protocols, and no more."""

from core.ports.acting import Escalations
from core.ports.assistant import Assistant, Labels, OpenAssistant
from core.ports.channels import Accept, Channel, Choosy, Directory, FrontDesk, Outbox, Reception, Webhook
from core.ports.hearing import ANYTHING, Calls, Jobs, LiveCalls, Memory, Profiles, Signals
from core.ports.workbench import OpenJobs, OpenReception, Workbench

__all__ = [
    "ANYTHING",
    "Accept",
    "Assistant",
    "Calls",
    "Channel",
    "Choosy",
    "Directory",
    "Escalations",
    "FrontDesk",
    "Jobs",
    "Labels",
    "LiveCalls",
    "Memory",
    "OpenAssistant",
    "OpenJobs",
    "OpenReception",
    "Outbox",
    "Profiles",
    "Reception",
    "Signals",
    "Webhook",
    "Workbench",
]
