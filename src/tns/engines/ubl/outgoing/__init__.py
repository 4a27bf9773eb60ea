"""From a document of the accounting (KARDEX) to the provider that sends it to DIAN, and the answer written back."""
