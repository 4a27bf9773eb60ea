"""The embedded stack and the demo installation behind `tns up` and `tns demo`; imported by the CLI and the tests only."""
