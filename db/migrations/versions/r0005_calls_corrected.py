"""Calls can be corrected and tried again, and are heard while they run."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table of live calls."""
    op.add_column("calls", sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
    op.add_column("calls", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.add_column("calls", sa.Column("warnings", sa.JSON, nullable=True))
    op.add_column("segments", sa.Column("low", sa.JSON, nullable=True))
    op.create_table(
        "live_calls",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=True),
        sa.Column("started_by", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=True),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("rate", sa.Integer, nullable=False),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("channel_speakers", sa.JSON, nullable=True),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("segments", sa.JSON, nullable=False),
        sa.Column("holder", sa.String, nullable=True),
        sa.Column("held_at", sa.DateTime, nullable=True),
        sa.Column("content_hash", sa.String, nullable=True),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_live_calls_account_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_live_calls_owner_id")),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name=op.f("fk_live_calls_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_calls")),
    )
    op.create_index(op.f("ix_live_calls_account_id"), "live_calls", ["account_id"], unique=False)
    op.create_index(op.f("ix_live_calls_content_hash"), "live_calls", ["content_hash"], unique=False)
    op.create_index(op.f("ix_live_calls_owner_id"), "live_calls", ["owner_id"], unique=False)
    op.create_index(op.f("ix_live_calls_state"), "live_calls", ["state"], unique=False)


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("live_calls")
    op.drop_column("segments", "low")
    for column in ("warnings", "revision", "attempts"):
        op.drop_column("calls", column)
