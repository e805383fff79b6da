"""Telling people, where and when they want to be told."""
