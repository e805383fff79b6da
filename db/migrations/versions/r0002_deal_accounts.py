"""Whose deals an account has, from the index alone: it decides who may see the account."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_deals_owner_account", "deals", ["owner_id", "account_id"])


def downgrade() -> None:
    """Remove the index."""
    op.drop_index("ix_deals_owner_account", table_name="deals")
