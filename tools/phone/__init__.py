"""A telephone exchange in place of Twilio: for the tests, and for trying it out by keyboard."""
