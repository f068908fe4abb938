"""The service that faces people: it owns conversations, hand-overs and everything kept of them."""
