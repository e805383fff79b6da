"""What the assistant can do: one folder a capability."""
