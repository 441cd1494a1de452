"""What is kept of what was done: receipts, the chained journal, marks, holds; no personal data."""
