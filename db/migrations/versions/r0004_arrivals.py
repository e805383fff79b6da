"""How conversations came in, and how their accounts were decided."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "arrivals",
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("account", sa.String, nullable=True),
        sa.Column("hints", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=True),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_arrivals_conversation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_arrivals_person_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_arrivals")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("arrivals")
