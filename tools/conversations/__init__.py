"""Questions about what customers said, and about what we believe of them."""
