"""Measures how fast Ficha answers, beside a peer on Node.js and the least that the same statement can cost.

`make bench` runs it and writes RESULTS.md; docs/performance.md says what is measured and how to read it.
"""
