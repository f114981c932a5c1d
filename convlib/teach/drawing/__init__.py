"""What the figures of the book are drawn with."""
