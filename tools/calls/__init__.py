"""Audio to transcript."""
