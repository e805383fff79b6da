"""What happens to a recording and to a conversation, a step at a time."""
