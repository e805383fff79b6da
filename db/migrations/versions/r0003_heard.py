"""What is heard: recordings, signals, facts of accounts, notices, and who is alive to work on it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("leases", "signal_labels", "trackers", "calls", "notices", "facts", "segments", "sentiments", "signals")


def _create_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("executor_id", sa.String, nullable=False),
        sa.Column("queues", sa.String, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_leases")),
    )
    op.create_index(op.f("ix_leases_heard_at"), "leases", ["heard_at"], unique=False)


def _create_signal_labels() -> None:
    op.create_table(
        "signal_labels",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("lang", sa.String, nullable=False),
        sa.Column("kinds", sa.JSON, nullable=False),
        sa.Column("sentiment", sa.String, nullable=True),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signal_labels_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_labels")),
        sa.UniqueConstraint("text_hash", name=op.f("uq_signal_labels_text_hash")),
    )
    op.create_index(op.f("ix_signal_labels_person_id"), "signal_labels", ["person_id"], unique=False)


def _create_trackers() -> None:
    op.create_table(
        "trackers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("examples", sa.JSON, nullable=False),
        sa.Column("counterexamples", sa.JSON, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_trackers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trackers")),
        sa.UniqueConstraint("name", name=op.f("uq_trackers_name")),
    )


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=True),
        sa.Column("filename", sa.String, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("channels", sa.Integer, nullable=True),
        sa.Column("channel_speakers", sa.JSON, nullable=True),
        sa.Column("lang", sa.String, nullable=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=True),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("error", sa.JSON, nullable=True),
        sa.Column("transcriber", sa.String, nullable=True),
        sa.Column("coverage", sa.Double, nullable=True),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("uploaded_by", sa.Integer, nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime, nullable=True),
        sa.Column("erased_at", sa.DateTime, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_calls_conversation_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_calls_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_calls_content_hash")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_calls_conversation_id")),
    )
    op.create_index(op.f("ix_calls_created_at"), "calls", ["created_at"], unique=False)
    op.create_index(op.f("ix_calls_status"), "calls", ["status"], unique=False)


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_notices_conversation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index(op.f("ix_notices_conversation_id"), "notices", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_notices_person_id"), "notices", ["person_id"], unique=False)


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=True),
        sa.Column("message_id", sa.Integer, nullable=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("quote", sa.String, nullable=True),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("valid_from", sa.DateTime, nullable=False),
        sa.Column("valid_to", sa.DateTime, nullable=True),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_facts_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_facts_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_facts_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_facts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("key", name=op.f("uq_facts_key")),
    )
    op.create_index("ix_facts_account_id_name_valid_from", "facts", ["account_id", "name", "valid_from"], unique=False)
    op.create_index(op.f("ix_facts_conversation_id"), "facts", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_facts_message_id"), "facts", ["message_id"], unique=False)


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("call_id", sa.Integer, nullable=False),
        sa.Column("start", sa.Double, nullable=False),
        sa.Column("end", sa.Double, nullable=False),
        sa.Column("channel", sa.Integer, nullable=True),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("corrected_by", sa.Integer, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_segments_call_id")),
        sa.ForeignKeyConstraint(["corrected_by"], ["people.id"], name=op.f("fk_segments_corrected_by")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_segments_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_segments")),
    )
    op.create_index("ix_segments_call_id_start", "segments", ["call_id", "start"], unique=False)


def _create_sentiments() -> None:
    op.create_table(
        "sentiments",
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("detector", sa.String, nullable=False),
        sa.Column("found_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_sentiments_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_sentiments_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sentiments")),
    )
    op.create_index(op.f("ix_sentiments_conversation_id"), "sentiments", ["conversation_id"], unique=False)


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("quote", sa.String, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("found_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_signals_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_signals_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("message_id", "kind", "start", "end", name=op.f("uq_signals_message_id_kind_start_end")),
    )
    op.create_index(op.f("ix_signals_at"), "signals", ["at"], unique=False)
    op.create_index(op.f("ix_signals_conversation_id"), "signals", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_signals_kind"), "signals", ["kind"], unique=False)


def upgrade() -> None:
    """Make the tables."""
    _create_leases()
    _create_signal_labels()
    _create_trackers()
    _create_calls()
    _create_notices()
    _create_facts()
    _create_segments()
    _create_sentiments()
    _create_signals()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
