"""Example lives of records, by service: what the golden samples are made of. Persons and figures are invented."""
