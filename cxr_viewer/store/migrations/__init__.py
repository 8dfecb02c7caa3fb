"""Alembic's scripts for the journal; revision 000N leads to schema version N."""
