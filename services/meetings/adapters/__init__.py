"""The ways in and out: texts out of files, minutes as text, HTML and DOCX."""
