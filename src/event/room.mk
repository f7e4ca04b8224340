# Events: records that belong together, in the words of one schema.
