"""A lab's files → one validated dataset directory, and loading it back; the synthetic embryo."""
