# Where bytes go.
