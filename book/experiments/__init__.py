"""The experiments of single chapters, one folder a chapter: ``python -m book.experiments`` lists and runs them."""
