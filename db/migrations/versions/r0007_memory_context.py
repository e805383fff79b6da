"""A message is indexed with the lines before it and its conversation's names: it is queued when those change, too."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NEXT = (
    "INSERT INTO to_remember (message_id) SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
    "WHERE m.conversation_id = OLD.conversation_id AND c.kind = 'customer' "
    "AND (m.at > OLD.at OR (m.at = OLD.at AND m.id > OLD.id)) ORDER BY m.at, m.id LIMIT 3"
)
WHOLE = (
    "INSERT INTO to_remember (message_id) SELECT m.id FROM messages m WHERE m.conversation_id = NEW.id "
    "AND NEW.kind = 'customer'"
)
NAMED = (
    "INSERT INTO to_remember (message_id) SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
    "WHERE c.account_id = NEW.id AND c.kind = 'customer'"
)
WHEN = "OLD.account_id IS {not_same} NEW.account_id OR OLD.title IS {not_same} NEW.title"
TRIGGERS = {
    "next_changed": ("UPDATE OF text, at, conversation_id", "messages", "", NEXT),
    "next_gone": ("DELETE", "messages", "", NEXT),
    "conversation_changed": ("UPDATE OF account_id, title", "conversations", WHEN, WHOLE),
    "account_renamed": ("UPDATE OF name", "accounts", "OLD.name <> NEW.name", NAMED),
}


def upgrade() -> None:
    """Make the triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (event, table, when, body) in TRIGGERS.items():
        asked = f"WHEN ({when.format(not_same='NOT' if on_sqlite else 'DISTINCT FROM')}) " if when else ""
        head = f"CREATE TRIGGER {name} AFTER {event} ON {table}"
        if on_sqlite:
            op.execute(f"{head} FOR EACH ROW {asked}BEGIN {body}; END")
            continue
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
        op.execute(f"{head} FOR EACH ROW {asked}EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Drop the triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (_, table, _, _) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name}" if on_sqlite else f"DROP TRIGGER {name} ON {table}")
        if not on_sqlite:
            op.execute(f"DROP FUNCTION {name}")
