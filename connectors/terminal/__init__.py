"""The terminal as a channel: one question, a file of questions, or a conversation."""
