#!/usr/bin/env bash
# Starts mongod as a member of a replica set of one, with authentication (transactions need the one, a network the other).
# mongod takes a key file only from its own user and readable by nobody else, which a mounted secret is not: it is copied.
set -euo pipefail

key=/tmp/mongo_keyfile
rm -f "$key"
(umask 377 && cat /run/secrets/mongo_keyfile > "$key")

# From the official image: makes the root user at the first start, then becomes mongod.
# --slowms: its log repeats slow statements with what is in them, which may be of a person.
exec docker-entrypoint.sh mongod --replSet gtm --keyFile "$key" --bind_ip_all --slowms 86400000 "$@"
