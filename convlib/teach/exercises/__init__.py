"""The exercises of the book, one module for each chapter: `ch02.EXERCISES` and so on."""
