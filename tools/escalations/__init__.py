"""Gets the right person to step in, once and on time."""
