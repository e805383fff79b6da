"""What a channel needs to answer goes with the answer; lanes, places and buttons are found by index."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and indexes."""
    op.add_column("outbound", sa.Column("extra", sa.JSON, nullable=True))
    op.add_column("outbound", sa.Column("tried_at", sa.DateTime, nullable=True))
    op.create_index("ix_outbound_channel_place_state_id", "outbound", ["channel", "place", "state", "id"])
    op.create_index("ix_outbound_channel_ref", "outbound", ["channel", "ref"])
    op.create_index("ix_inbound_lane_state_id", "inbound", ["lane", "state", "id"])
    op.drop_index("ix_inbound_lane", "inbound")


def downgrade() -> None:
    """Take them away again."""
    op.create_index("ix_inbound_lane", "inbound", ["lane"])
    op.drop_index("ix_inbound_lane_state_id", "inbound")
    op.drop_index("ix_outbound_channel_ref", "outbound")
    op.drop_index("ix_outbound_channel_place_state_id", "outbound")
    op.drop_column("outbound", "tried_at")
    op.drop_column("outbound", "extra")
