"""What memory keeps of messages; triggers see to it that no way of writing one can pass it by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CUSTOMERS = "FROM conversations c WHERE c.id = {row}.conversation_id AND c.kind = 'customer'"
QUEUE = "INSERT INTO to_remember (message_id) SELECT {row}.id " + CUSTOMERS
FORGET = "DELETE FROM remembered WHERE message_id = OLD.id"
QUEUE_GONE = "INSERT INTO to_remember (message_id) VALUES (OLD.id)"
DROP_WORDS = "INSERT INTO remembered_words (remembered_words, rowid, words) VALUES ('delete', OLD.rev, OLD.words)"

SQLITE = (
    "CREATE VIRTUAL TABLE remembered_words USING fts5("
    "words, content='remembered', content_rowid='rev', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER remembered_added AFTER INSERT ON remembered BEGIN "
    "INSERT INTO remembered_words (rowid, words) VALUES (NEW.rev, NEW.words); END",
    f"CREATE TRIGGER remembered_gone AFTER DELETE ON remembered BEGIN {DROP_WORDS}; END",
    f"CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN {QUEUE.format(row='NEW')}; END",
    "CREATE TRIGGER message_changed AFTER UPDATE OF text, at, conversation_id ON messages BEGIN "
    f"{QUEUE.format(row='NEW')}; END",
    f"CREATE TRIGGER message_gone AFTER DELETE ON messages BEGIN {FORGET}; {QUEUE_GONE}; END",
)
POSTGRES = (
    "CREATE INDEX remembered_words ON remembered USING gin (array_to_tsvector(string_to_array(words, ' ')))",
    "CREATE FUNCTION queue_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"{QUEUE.format(row='NEW')}; RETURN NULL; END $$",
    f"CREATE FUNCTION forget_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FORGET}; {QUEUE_GONE}; "
    "RETURN NULL; END $$",
    "CREATE TRIGGER message_added AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION queue_message()",
    "CREATE TRIGGER message_changed AFTER UPDATE OF text, at, conversation_id ON messages "
    "FOR EACH ROW EXECUTE FUNCTION queue_message()",
    "CREATE TRIGGER message_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION forget_message()",
)
TRIGGERS = ("message_added", "message_changed", "message_gone")


def upgrade() -> None:
    """Make the tables and triggers, and queue what is there already."""
    op.create_table(
        "remembered",
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=True),
        sa.Column("at", sa.DateTime, nullable=True),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=True),
        sa.Column("text_hash", sa.String, nullable=True),
        sa.Column("version", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("rev", name=op.f("pk_remembered")),
        sa.UniqueConstraint("message_id", name=op.f("uq_remembered_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_remembered_conversation_id"), "remembered", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_remembered_at"), "remembered", ["at"], unique=False)
    op.create_index(op.f("ix_remembered_version"), "remembered", ["version"], unique=False)
    op.create_table(
        "to_remember",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_remember")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vector_stores",
        sa.Column("store", sa.String, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("store", name=op.f("pk_vector_stores")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)
    op.execute(
        "INSERT INTO to_remember (message_id) SELECT m.id FROM messages m "
        "JOIN conversations c ON c.id = m.conversation_id WHERE c.kind = 'customer'"
    )


def downgrade() -> None:
    """Drop the triggers and tables."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger}" if on_sqlite else f"DROP TRIGGER {trigger} ON messages")
    if on_sqlite:
        op.execute("DROP TABLE remembered_words")
    else:
        op.execute("DROP FUNCTION queue_message")
        op.execute("DROP FUNCTION forget_message")
    for table in ("vector_stores", "to_remember", "remembered"):
        op.drop_table(table)
