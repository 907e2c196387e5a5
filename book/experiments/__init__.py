"""What single chapters tried: one folder a chapter, named after its page."""
