"""Questions to numbers: the catalogue, the reader of questions, the compiler of queries."""
