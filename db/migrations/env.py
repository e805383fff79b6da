"""What Alembic runs for each command: our metadata on the connection it was handed."""

from alembic import context

from db.migrations.compare import include_name
from db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
