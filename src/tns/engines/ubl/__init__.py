"""Reads, codes, verifies and builds the electronic documents of DIAN (UBL 2.1); knows no Django."""
