"""The kinds of measurements, a file for each, and how any of them is written and read."""
