# Where records come from.
