"""The unified data layer as it began: people, customers, deals, money, and what was said."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "company",
    "people",
    "products",
    "accounts",
    "audit",
    "credentials",
    "feedback",
    "targets",
    "contacts",
    "deals",
    "activities",
    "campaign_touches",
    "conversations",
    "orders",
    "quotes",
    "tickets",
    "invoices",
    "messages",
    "quote_lines",
    "payments",
)


def _record() -> tuple[Any, ...]:
    return (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("external_id", sa.String, nullable=False),
        sa.Column("custom", sa.JSON, nullable=False),
        sa.Column("loaded_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("source", "external_id"),
    )


def _create_people() -> None:
    op.create_table(
        "people",
        *_record(),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column(
            "role",
            sa.Enum("rep", "manager", "director", "trainer", "admin", name="role", native_enum=False),
            nullable=False,
        ),
        sa.Column("region", sa.String, index=True),
        sa.Column("manager_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("email", sa.String, index=True),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("secret_hash", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("used_at", sa.DateTime),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("loaded", sa.JSON, nullable=False),
        sa.Column("loaded_at", sa.DateTime, nullable=False),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        *_record(),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column("sector", sa.String, index=True),
        sa.Column("country", sa.String, index=True),
        sa.Column("parent", sa.String, index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
    )
    op.create_table(
        "contacts",
        *_record(),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column("title", sa.String),
        sa.Column("email", sa.String, index=True),
        sa.Column("phone", sa.String, index=True),
    )
    op.create_table(
        "products",
        *_record(),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column("series", sa.String, index=True),
        sa.Column("list_price", sa.BigInteger),
        sa.Column("unit_cost", sa.BigInteger),
    )


def _create_deals() -> None:
    op.create_table(
        "deals",
        *_record(),
        sa.Column("name", sa.String, index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("products.id"), index=True),
        sa.Column("region", sa.String),
        sa.Column(
            "stage", sa.Enum("prospecting", "engaging", "won", "lost", name="stage", native_enum=False), nullable=False
        ),
        sa.Column("engage_date", sa.Date, index=True),
        sa.Column("close_date", sa.Date),
        sa.Column("close_value", sa.BigInteger),
        sa.Column("list_price", sa.BigInteger),
        sa.Index("ix_deals_owner_stage_close", "owner_id", "stage", "close_date"),
        sa.Index("ix_deals_stage_close", "stage", "close_date"),
    )
    op.create_table(
        "activities",
        *_record(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("deal_id", sa.Integer, sa.ForeignKey("deals.id"), index=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id")),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("outcome", sa.String),
        sa.Column("note", sa.String),
        sa.Index("ix_activities_owner_kind_date", "owner_id", "kind", "date"),
    )
    op.create_table(
        "campaign_touches",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("campaign", sa.String, nullable=False, index=True),
        sa.Column("channel", sa.String),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id")),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("response", sa.String),
    )
    op.create_table(
        "targets",
        *_record(),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("start_date", sa.Date, nullable=False, index=True),
        sa.Column("end_date", sa.Date, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _create_quotes() -> None:
    op.create_table(
        "quotes",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("deal_id", sa.Integer, sa.ForeignKey("deals.id"), index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("status", sa.String),
        sa.Column("amount", sa.BigInteger),
    )
    op.create_table(
        "quote_lines",
        *_record(),
        sa.Column("quote_id", sa.Integer, sa.ForeignKey("quotes.id"), nullable=False, index=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("products.id"), index=True),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("list_price", sa.BigInteger),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
    )


def _create_money() -> None:
    op.create_table(
        "orders",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("deal_id", sa.Integer, sa.ForeignKey("deals.id"), index=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("products.id"), index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("quantity", sa.Integer),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String),
    )
    op.create_table(
        "invoices",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("due_date", sa.Date, index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), index=True),
        sa.Column("deal_id", sa.Integer, sa.ForeignKey("deals.id"), index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "payments",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("invoice_id", sa.Integer, sa.ForeignKey("invoices.id"), index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tickets",
        *_record(),
        sa.Column("date", sa.Date, nullable=False, index=True),
        sa.Column("closed_date", sa.Date),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id")),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("kind", sa.String),
        sa.Column("severity", sa.String),
        sa.Column("status", sa.String),
        sa.Column("subject", sa.String),
    )


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        *_record(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("title", sa.String),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id")),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("started_at", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "messages",
        *_record(),
        sa.Column("conversation_id", sa.Integer, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("speaker", sa.String, nullable=False),
        sa.Column("author", sa.String),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("lang", sa.String),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("reply", sa.JSON),
        sa.Index("ix_messages_conversation_at", "conversation_id", "at"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("turn_id", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("thumb", sa.String, nullable=False),
        sa.Column("text", sa.String),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("turn_id", "person_id"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("actor_id", sa.Integer, sa.ForeignKey("people.id"), index=True),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("previous_hash", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.UniqueConstraint("hash"),
    )


def upgrade() -> None:
    """Create every table; an order in which each table finds those it refers to."""
    _create_people()
    _create_accounts()
    _create_deals()
    _create_quotes()
    _create_money()
    _create_conversations()


def downgrade() -> None:
    """Drop every table and what is in it."""
    for table in reversed(TABLES):
        op.drop_table(table)
