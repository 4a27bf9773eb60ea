"""The embedded stack and the demo installation behind `tns up` and `tns demo`; for the CLI and the tests only."""
