"""What stands behind `./gtm`: makes the environment, starts a node under a supervisor, watches it, stops it.

Start reading at `bootstrap` (before there is an environment), then `cli`, `startup` and `supervise`. It knows the
services and the gateway by name only: it imports neither, and starts them as processes.
"""
