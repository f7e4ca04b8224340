# Records: a line or a datagram becomes keys and values.
