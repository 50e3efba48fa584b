"""What stands behind `./gtm`: makes the environment, starts a node under a supervisor, watches it, stops it.

Start reading at `bootstrap` (before there is an environment), then `cli`, `startup` and `supervise`. It knows the
services by name only: it imports nothing of `chassis`, `services` or `gateway`, and starts them as processes.
"""
