"""The broker: exchanges and queues, connections that mend themselves, who may say what."""
