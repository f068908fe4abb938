"""Conversations by telephone.

Twilio asks what to do by webhook, step by step (``routes``). What the caller says or presses
(``heard``) goes as the citizen's message through the same turn as in the chat (``talk``), and what
is answered is read aloud (``speech``, ``twiml``). Whoever wants a human is put through to the duty
telephones in turn (``transfer``) or called back (``callback``, ``ringing``).
"""
