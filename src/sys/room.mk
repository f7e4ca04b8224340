# The system below: what differs by kernel or C library.
