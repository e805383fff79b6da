"""Telegram: what arrives there, what is said there."""

from connectors.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
