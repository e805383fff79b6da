"""Slack, in both directions: what happens there becomes values of ours, and what we say becomes its messages."""

from connectors.slack.channel import SlackChannel

__all__ = ["SlackChannel"]
