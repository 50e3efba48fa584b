"""The documents of accounts in the database `gateway`."""
