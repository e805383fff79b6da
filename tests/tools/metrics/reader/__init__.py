"""The reader, over an invented company."""
