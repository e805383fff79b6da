"""What the models are told and the built-in planner's intents and wording, as versioned files."""

from prompts.files import Prompt, data, environment, load

__all__ = ["Prompt", "data", "environment", "load"]
