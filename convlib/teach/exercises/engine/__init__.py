"""What checks a reader's answer: running it safely, comparing it, and saying what is wrong."""
