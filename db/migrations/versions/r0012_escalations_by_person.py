"""Who was asked and who acted is found by index; without a cause, the role wished tells open escalations apart."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes; open escalations get the key that the next wish will look for."""
    op.create_index("ix_rungs_person_id", "rungs", ["person_id"])
    op.create_index("ix_escalation_events_actor_id", "escalation_events", ["actor_id"])
    # Not op.execute: it would read ":role" as a parameter.
    _run("UPDATE escalations SET open_key = open_key || ':' || role WHERE open_key = account_id || ':asked'")


def downgrade() -> None:
    """Take them away again; of two that become one, the later stays apart."""
    first = "SELECT MIN(o.id) FROM escalations o WHERE o.open_key = o.account_id || ':asked:' || o.role"
    _run(
        "UPDATE escalations SET open_key = account_id || ':asked' WHERE open_key = account_id || ':asked:' || role "
        f"AND id IN ({first} GROUP BY o.account_id)"
    )
    op.drop_index("ix_escalation_events_actor_id", "escalation_events")
    op.drop_index("ix_rungs_person_id", "rungs")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)
