"""The audit log only grows: the database itself refuses to change or remove an entry."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRES = (
    "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'the audit log only grows'; END $$",
    *(
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()"
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Make the triggers."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    postgres = op.get_bind().dialect.name != "sqlite"
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_no_{verb}{' ON audit' if postgres else ''}")
    if postgres:
        op.execute("DROP FUNCTION audit_only_grows()")
