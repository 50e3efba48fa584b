"""A small service of records in two releases: GTM_TEST_RELEASE is 1 or 2. The second one knows more."""
