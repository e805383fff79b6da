"""How it thinks: the LangGraph agent, its models, memory and checks."""
