"""What single chapters tried, one folder a chapter: ``python -m book.experiments`` lists and runs it."""
