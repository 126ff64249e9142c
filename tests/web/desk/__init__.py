"""Pages of the exam desk."""
