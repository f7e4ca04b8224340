# Events become bytes.
