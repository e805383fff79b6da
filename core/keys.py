"""What durable work is called: the keys under which each piece of it is done once."""


def call_key(content_hash: str, attempts: int = 0) -> str:
    """The work on one recording; trying again is new work."""
    return f"call:{content_hash}:{attempts}" if attempts else f"call:{content_hash}"


def heard_key(conversation_id: int, last_message_id: int) -> str:
    """The reading of a text conversation up to a message."""
    return f"heard:{conversation_id}:{last_message_id}"
