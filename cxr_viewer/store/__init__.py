"""What this workstation remembers: the append-only journal of reviews and the disposable cache of candidates."""
