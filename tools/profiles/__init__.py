"""What we believe of an account, and how we know."""
