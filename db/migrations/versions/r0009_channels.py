"""The team's chat: accounts, what arrived and what is sent; escalations, their timers, and who takes them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    "channel_accounts",
    "inbound",
    "outbound",
    "channel_threads",
    "takeovers",
    "channel_settings",
    "escalations",
    "rungs",
    "escalation_events",
    "proposals",
    "timers",
    "duties",
    "absences",
    "preferences",
)


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _traffic()
    _places()
    _escalations()
    _ladders()
    _proposals()
    _timers()
    _people()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "channel_accounts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("external_id", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("address", sa.String, nullable=True),
        sa.Column("how", sa.String, nullable=False),
        sa.Column("linked_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_channel_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_accounts")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_channel_accounts_channel_external_id")),
    )
    op.create_index("ix_channel_accounts_person_id", "channel_accounts", ["person_id"])


def _traffic() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("lane", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("taken_by", sa.String, nullable=True),
        sa.Column("taken_until", sa.DateTime, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("stop_asked", sa.Boolean, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("done_at", sa.DateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("channel", "key", name=op.f("uq_inbound_channel_key")),
    )
    op.create_index("ix_inbound_lane", "inbound", ["lane"])
    op.create_index("ix_inbound_state_id", "inbound", ["state", "id"])
    op.create_table(
        "outbound",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("thread", sa.String, nullable=True),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("notice_id", sa.Integer, nullable=True),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ref", sa.String, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("taken_by", sa.String, nullable=True),
        sa.Column("taken_until", sa.DateTime, nullable=True),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("error", sa.String, nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("sent_at", sa.DateTime, nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_outbound_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbound_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound")),
        sa.UniqueConstraint("key", name=op.f("uq_outbound_key")),
    )
    op.create_index("ix_outbound_notice_id", "outbound", ["notice_id"])
    op.create_index("ix_outbound_person_id", "outbound", ["person_id"])
    op.create_index("ix_outbound_state_due_at", "outbound", ["state", "due_at"])


def _places() -> None:
    op.create_table(
        "channel_threads",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("thread_id", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_channel_threads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_threads")),
        sa.UniqueConstraint(
            "channel", "place", "thread", "person_id", name=op.f("uq_channel_threads_channel_place_thread_person_id")
        ),
    )
    op.create_index("ix_channel_threads_person_id", "channel_threads", ["person_id"])
    op.create_table(
        "takeovers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_takeovers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
        sa.UniqueConstraint("channel", "place", "thread", name=op.f("uq_takeovers_channel_place_thread")),
    )
    op.create_index("ix_takeovers_person_id", "takeovers", ["person_id"])
    op.create_table(
        "channel_settings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_channel_settings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_settings")),
        sa.UniqueConstraint("channel", "place", name=op.f("uq_channel_settings_channel_place")),
    )


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("open_key", sa.String, nullable=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=True),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("trigger", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=True),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("owner_id", sa.Integer, nullable=True),
        sa.Column("asked_by", sa.Integer, nullable=True),
        sa.Column("confirmed_by", sa.Integer, nullable=True),
        sa.Column("appointment_at", sa.DateTime, nullable=True),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("snoozed_until", sa.DateTime, nullable=True),
        sa.Column("outcome", sa.String, nullable=True),
        sa.Column("outcome_note", sa.String, nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_escalations_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_escalations_asked_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_escalations_confirmed_by")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_escalations_conversation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_escalations_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_escalations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("open_key", name=op.f("uq_escalations_open_key")),
        sa.UniqueConstraint("name", name=op.f("uq_escalations_name")),
    )
    op.create_index("ix_escalations_account_id", "escalations", ["account_id"])
    op.create_index("ix_escalations_asked_by", "escalations", ["asked_by"])
    op.create_index("ix_escalations_conversation_id", "escalations", ["conversation_id"])
    op.create_index("ix_escalations_created_at", "escalations", ["created_at"])
    op.create_index("ix_escalations_due_at", "escalations", ["due_at"])
    op.create_index("ix_escalations_owner_id", "escalations", ["owner_id"])
    op.create_index("ix_escalations_person_id", "escalations", ["person_id"])
    op.create_index("ix_escalations_state", "escalations", ["state"])


def _ladders() -> None:
    op.create_table(
        "rungs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("escalation_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("fired_at", sa.DateTime, nullable=True),
        sa.Column("cancelled_at", sa.DateTime, nullable=True),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"], name=op.f("fk_rungs_escalation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rungs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rungs")),
        sa.UniqueConstraint("escalation_id", "number", name=op.f("uq_rungs_escalation_id_number")),
    )
    op.create_table(
        "escalation_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("escalation_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor_id", sa.Integer, nullable=True),
        sa.Column("channel", sa.String, nullable=True),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_escalation_events_actor_id")),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"], name=op.f("fk_escalation_events_escalation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_events")),
        sa.UniqueConstraint("key", name=op.f("uq_escalation_events_key")),
    )
    op.create_index("ix_escalation_events_escalation_id", "escalation_events", ["escalation_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("thread_id", sa.String, nullable=True),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=True),
        sa.Column("decided_by", sa.Integer, nullable=True),
        sa.Column("escalation_id", sa.Integer, nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_proposals_decided_by")),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"], name=op.f("fk_proposals_escalation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proposals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("name", name=op.f("uq_proposals_name")),
    )
    op.create_index("ix_proposals_person_id", "proposals", ["person_id"])
    op.create_index("ix_proposals_thread_id", "proposals", ["thread_id"])


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("fired_at", sa.DateTime, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("key", name=op.f("uq_timers_key")),
    )
    op.create_index("ix_timers_fired_at_due_at", "timers", ["fired_at", "due_at"])


def _people() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("regions", sa.JSON, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("most_open", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_duties_person_id_role")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("from_at", sa.DateTime, nullable=False),
        sa.Column("to_at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_person_id", "absences", ["person_id"])
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("time_zone", sa.String, nullable=True),
        sa.Column("lang", sa.String, nullable=True),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("quiet_from", sa.String, nullable=True),
        sa.Column("quiet_to", sa.String, nullable=True),
        sa.Column("digest_at", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_preferences_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )
