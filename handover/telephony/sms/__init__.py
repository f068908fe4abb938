"""Conversations by SMS.

What comes in is stored and read as a citizen's message (``inbox``). What is said in a conversation,
by whomever, is put into the outbox from there and sent in order (``outbox``): nobody who speaks
needs to know that it goes out as SMS.
"""
