"""Conversations from files: mail, chat exports, JSON lines."""
