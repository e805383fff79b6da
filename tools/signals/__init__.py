"""What customers signal, with evidence."""
