"""Between a channel's dialect and the assistant: what arrives is kept, decided on, answered, and sent."""
