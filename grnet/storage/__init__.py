"""All-or-nothing files and folders, locks, checksums, resuming."""
