"""What is measured. Each module prints one line of JSON a figure; `python -m bench` runs them all."""
