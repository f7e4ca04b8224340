# Conditions on events.
