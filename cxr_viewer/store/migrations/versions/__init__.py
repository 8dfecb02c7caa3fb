"""One file for each revision of the journal's schema."""
