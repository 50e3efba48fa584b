"""The log as history: earlier versions, reads as of an instant, what is kept how long."""
