# The configuration.
