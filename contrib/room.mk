# Quickstart, packaging and the like.
