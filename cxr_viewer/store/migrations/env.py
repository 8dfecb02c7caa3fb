"""Runs Alembic's revisions on the connection that the store hands over, inside the transaction it has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
