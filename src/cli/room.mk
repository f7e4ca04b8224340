# The subcommands of tiercel.
