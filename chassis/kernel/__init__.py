"""Plain Python that rules may rely on: ids, time, errors, who asks. Imports nothing else of the chassis."""
