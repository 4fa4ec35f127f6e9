#!/usr/bin/env python3
"""Writes es6_numbers.txt: the first doubles, as bits, of the number sequence that the authors of RFC 8785 define in
https://github.com/cyberphone/json-canonicalization (testdata/README.md). The test makes the rest of the sequence.
Usage: es6_numbers.py README.md > es6_numbers.txt"""
import re
import sys

text = open(sys.argv[1]).read()
table = text[text.index("staticU64s = new BigUint64Array(["):text.index("staticF64s")]
for bits in re.findall(r"0x([0-9a-f]{16})n", table):
    print(bits)
