"""Danger: seeing it in what is written, and what is said when it is seen. Pure, without Rasa."""
