"""The counsellors' console: one file a page, all of them behind the login of ``entry``."""
