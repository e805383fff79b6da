"""What is done, step by step, with what came in."""
