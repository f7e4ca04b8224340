# Tests of the whole: scripts, golden pairs, lint and bench.
