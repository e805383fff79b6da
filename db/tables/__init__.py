"""The unified data layer's tables, one file a noun."""

from db.tables.accounts import Account, Contact, Product
from db.tables.arrivals import Arrival
from db.tables.base import Base, Moment, Money, Record
from db.tables.calls import Call, LiveCall, Segment
from db.tables.channels import ChannelAccount, ChannelSetting, ChannelThread, Inbound, Outbound, Takeover
from db.tables.conversations import AuditEntry, Conversation, Feedback, Message
from db.tables.deals import Activity, CampaignTouch, Deal, Quote, QuoteLine, Stage, Target
from db.tables.escalations import Absence, Duty, Escalation, EscalationEvent, Preference, Proposal, Rung, Timer
from db.tables.jobs import Lease
from db.tables.memory import Remembered, ToRemember, VectorStore
from db.tables.money import Invoice, Order, Payment, Ticket
from db.tables.people import CompanyRow, Credential, Person
from db.tables.profiles import Fact, Notice
from db.tables.signals import Sentiment, Signal, SignalLabel, Tracker

RECORDS: dict[str, type[Record]] = {
    "person": Person,
    "account": Account,
    "contact": Contact,
    "product": Product,
    "deal": Deal,
    "activity": Activity,
    "quote": Quote,
    "quote_line": QuoteLine,
    "order": Order,
    "invoice": Invoice,
    "payment": Payment,
    "ticket": Ticket,
    "campaign_touch": CampaignTouch,
    "target": Target,
    "conversation": Conversation,
    "message": Message,
}
"""Every kind of record that can be imported, by the name used in mappings and look-ups."""

__all__ = [
    "RECORDS",
    "Absence",
    "Account",
    "Activity",
    "Arrival",
    "AuditEntry",
    "Base",
    "Call",
    "CampaignTouch",
    "ChannelAccount",
    "ChannelSetting",
    "ChannelThread",
    "CompanyRow",
    "Contact",
    "Conversation",
    "Credential",
    "Deal",
    "Duty",
    "Escalation",
    "EscalationEvent",
    "Fact",
    "Feedback",
    "Inbound",
    "Invoice",
    "Lease",
    "LiveCall",
    "Message",
    "Moment",
    "Money",
    "Notice",
    "Order",
    "Outbound",
    "Payment",
    "Person",
    "Preference",
    "Product",
    "Proposal",
    "Quote",
    "QuoteLine",
    "Record",
    "Remembered",
    "Rung",
    "Segment",
    "Sentiment",
    "Signal",
    "SignalLabel",
    "Stage",
    "Takeover",
    "Target",
    "Ticket",
    "Timer",
    "ToRemember",
    "Tracker",
    "VectorStore",
]
