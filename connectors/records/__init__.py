"""Records from files and databases, by a mapping."""
