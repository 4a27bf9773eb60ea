"""The compiled part: built once per machine from tns_native.c when there is a C compiler, never required."""
