# What is installed as configuration.
