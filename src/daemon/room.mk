# The pipeline and the daemon.
