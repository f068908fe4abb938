"""SMS and telephone, through Twilio."""
