"""What every app leans on: problem documents, encrypted fields, NIT, pagination."""
