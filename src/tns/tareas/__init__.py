"""Every background job: its row, progress, result, cancellation and recovery."""
