"""Messages by the ids they came in with: whether something of a conversation has come in before."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_messages_external_id", "messages", ["external_id"])


def downgrade() -> None:
    """Remove the index."""
    op.drop_index("ix_messages_external_id", table_name="messages")
