"""Addresses that more than one page knows."""

HOME, LOGIN = "/console", "/console/login"
