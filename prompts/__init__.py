"""What the models are told and the built-in planner's intents and wording, as versioned files."""
