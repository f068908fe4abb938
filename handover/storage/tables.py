"""The tables. Free text stands only in columns named ``payload`` and ``access``, encrypted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment with time zone in the program, UTC without one in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


def _conversation(**more: Any) -> Column[str]:
    target = ForeignKey("conversations.id", ondelete="CASCADE")
    return Column("conversation_id", String(36), target, nullable=False, **more)


def _handover(**more: Any) -> Column[str]:
    target = ForeignKey("handovers.id", ondelete="CASCADE")
    return Column("handover_id", String(36), target, nullable=False, **more)


conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("client_hash", LargeBinary(32), unique=True),
    Column("channel", String(8), nullable=False),
    Column("status", String(12), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),  # +1 whenever the conversation changes hands
    Column("seq", Integer, nullable=False),  # of the newest message
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("resume_hash", LargeBinary(32), nullable=False, unique=True),
    Column("access", LargeBinary, nullable=False),
    Column("offer_seq", Integer),  # the message that offers a human because Rasa failed
    Column("cleared_seq", Integer, nullable=False),  # the danger screen looks only behind this
    Column("outcome", String(16)),
    Column("reduced", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False, index=True),
    Column("closed_at", Moment, index=True),
)

messages = Table(
    "messages",
    metadata,
    _conversation(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(10), nullable=False),
    Column("client_message_id", String(100)),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("handled", Boolean, nullable=False, server_default=true()),
    Column("reading", String(8), nullable=False, server_default="ordinary"),
    Column("answered_through", Integer),
    UniqueConstraint("conversation_id", "client_message_id"),
)
Index(
    "ix_messages_unhandled",
    messages.c.conversation_id,
    messages.c.seq,
    sqlite_where=text("handled = 0"),
    postgresql_where=text("NOT handled"),
)

receipts = Table(
    "receipts",
    metadata,
    _conversation(primary_key=True),
    Column("delivered_seq", Integer, nullable=False),  # the counsellor's newest the citizen has
    Column("seen_seq", Integer, nullable=False),  # the newest of them that was on the screen
    Column("seen_at", Moment),
    Column("read_seq", Integer, nullable=False),  # the citizen's newest a counsellor has read
)

intakes = Table(
    "intakes",
    metadata,
    _conversation(primary_key=True),
    Column("version", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("traits", LargeBinary),  # sealed too: speaker and tracks alone, for the queue's filter
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(36), primary_key=True),
    _conversation(unique=True),
    Column("kind", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("rank", Integer, nullable=False),  # 0 akut, 1 hoej, 2 normal
    Column("status", String(8), nullable=False),
    Column("claimed_by", String(100)),
    Column("claimed_at", Moment),
    Column("seen_at", Moment),  # the claiming counsellor's last sign of life
    Column("created_at", Moment, nullable=False),
    Column("waiting_since", Moment, nullable=False, server_default=text("'1970-01-01 00:00:00'")),
    Column("closed_at", Moment),
    Column("outcome", String(64)),
    Index("ix_handovers_queue", "status", "rank", "created_at", "id"),
    Index("ix_handovers_order", "rank", "created_at", "id"),
    Index("ix_handovers_closed", "status", "closed_at"),
    Index("ix_handovers_taken", "claimed_at"),
)
"""``waiting_since``: since when it waits at its present rank; put back or opened again, it begins
anew. ``created_at`` stays and decides the place in the queue."""

alerts = Table(
    "alerts",  # the outbox: what is sent to a duty contact, stored before it is sent
    metadata,
    Column("id", String(36), primary_key=True),
    _handover(),
    Column("waiting_since", Moment, nullable=False),  # the waiting that it is about
    Column("step", Integer, nullable=False),  # 1 is the first of the municipality's list
    Column("way", String(8), nullable=False),  # mail, webhook
    Column("contact", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("failure", String(60)),  # the kind of the last error, never its text
    UniqueConstraint("handover_id", "waiting_since", "step", "way"),
)
Index(
    "ix_alerts_unsent",
    alerts.c.next_try_at,
    sqlite_where=text("sent_at IS NULL"),
    postgresql_where=text("sent_at IS NULL"),
)

judgements = Table(
    "judgements",
    metadata,
    _handover(primary_key=True),
    Column("track", String(40), primary_key=True),
    Column("criterion", String(60), primary_key=True),
    Column("status", String(16)),
    Column("by", String(100), nullable=False),
    Column("at", Moment, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(36), primary_key=True),
    _handover(index=True),
    Column("author", String(100), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

underretninger = Table(
    "underretninger",
    metadata,
    _handover(primary_key=True),
    Column("made_on", Date, nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", Moment, nullable=False),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    _handover(primary_key=True),
    Column("due_on", Date, nullable=False, index=True),
    Column("by", String(100), nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(100)),
)

callbacks = Table(  # who wants to be called or texted, and when; the number lies in the intake
    "callbacks",
    metadata,
    _handover(primary_key=True),
    Column("way", String(4), nullable=False),  # call, sms
    Column("due_from", Moment),  # none: no clear time was named
    Column("due_to", Moment),
    Column("agreed", Boolean, nullable=False, server_default=false()),  # with a counsellor
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
)
Index(
    "ix_callbacks_open",
    callbacks.c.due_from,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

callback_attempts = Table(
    "callback_attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    _handover(index=True),
    Column("result", String(16), nullable=False),  # talte, intet_svar, aftalt_ny_tid
    Column("by", String(100), nullable=False),
    Column("at", Moment, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    _conversation(primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

lines = Table(
    "lines",  # the telephone number that a conversation is carried on with
    metadata,
    _conversation(primary_key=True),
    Column("number_hash", LargeBinary(32), nullable=False, index=True),
    Column("payload", LargeBinary, nullable=False),  # the number
    Column("speaks", Boolean, nullable=False),  # what is said goes out by SMS
    Column("sent_seq", Integer, nullable=False),  # everything up to here stands in sms_out
    Column("opened_at", Moment, nullable=False),
)

links = Table(
    "links",  # one-time codes that bring a conversation from SMS to the chat
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    _conversation(index=True),
    Column("expires_at", Moment, nullable=False),
)

opt_outs = Table(
    "opt_outs",  # numbers that have written STOP
    metadata,
    Column("number_hash", LargeBinary(32), primary_key=True),
    Column("at", Moment, nullable=False),
)

sms_in = Table(
    "sms_in",  # each SMS once; its hash stays when the conversation is erased
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sid_hash", LargeBinary(32), nullable=False, unique=True),
    Column(
        "conversation_id",
        String(36),
        ForeignKey("conversations.id", ondelete="SET NULL"),
        index=True,
    ),
    Column("payload", LargeBinary),  # the words, until the turn has stored them as a message
    Column("turn", String(100)),  # the client_message_id under which it is read
    Column("ready_at", Moment),  # then no further part is waited for; null: read
    Column("received_at", Moment, nullable=False, index=True),
)

sms_out = Table(
    "sms_out",  # the outbox: what goes out as SMS, stored before it is sent
    metadata,
    Column("id", String(36), primary_key=True),
    _conversation(),
    Column("through_seq", Integer, nullable=False),  # the newest message that it says
    Column("part", Integer, nullable=False),
    Column("payload", LargeBinary),  # the words, until Twilio has them
    Column("segments", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("sid", String(34)),
    Column("failure", String(20)),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment),  # null: nothing more to do
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "through_seq", "part"),
)
Index("ix_sms_out_due", sms_out.c.next_try_at)

calls = Table(
    "calls",  # each call to us once; its hash stays when the conversation is erased
    metadata,
    Column("sid_hash", LargeBinary(32), primary_key=True),
    Column(
        "conversation_id",
        String(36),
        ForeignKey("conversations.id", ondelete="SET NULL"),
        index=True,
    ),
    Column("step", Integer, nullable=False),  # the step that is answered next
    Column("payload", LargeBinary),  # where the call stands
    Column("begun_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
)

call_steps = Table(
    "call_steps",  # what was answered to each step, for a webhook that comes again
    metadata,
    _conversation(primary_key=True),
    Column("sid_hash", LargeBinary(32), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("payload", LargeBinary, nullable=False),
)

call_legs = Table(
    "call_legs",  # calls that we make: to counsellors, for a caller or to call somebody back
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=True),  # in the order of calling
    Column("id", String(36), nullable=False, unique=True),
    _conversation(index=True),
    Column("kind", String(8), nullable=False),  # through, back
    Column("name", String(100), nullable=False),  # the counsellor
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("recorded", Boolean, nullable=False, server_default=false()),  # with consent
)

recordings = Table(
    "recordings",  # recorded talks at Twilio; without a conversation they are to be deleted there
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "conversation_id",
        String(36),
        ForeignKey("conversations.id", ondelete="SET NULL"),
        index=True,
    ),
    Column("call_id", String(36), nullable=False),  # of call_legs
    Column("wrapped_key", LargeBinary, nullable=False),  # its own
    Column("payload", LargeBinary),  # what Twilio calls it
    Column("seconds", Integer),
    Column("begun_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False),  # to have it deleted
    Column("next_try_at", Moment),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("roles", String(60), nullable=False, server_default="raadgiver"),  # with spaces between
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("must_change", Boolean, nullable=False, server_default=false()),  # the password
    Column("issuer", String(300)),  # the municipality's own login, and who it is there
    Column("subject", String(255)),
    Column("otp_secret", LargeBinary),  # sealed
    Column("otp_since", Moment),  # empty: set up, but not confirmed with a first code
    Column("otp_step", Integer),  # of the last code that was accepted
    Column("shown_name", String(60)),  # what citizens are told; empty: the role alone
    Column("mail", String(254)),  # for reminders
    Index("ix_accounts_identity", "issuer", "subject", unique=True),
)

reminders = Table(
    "reminders",  # the outbox of the mails about what is to be followed up: one a person and day
    metadata,
    Column(
        "account_id",
        String(36),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("day", Date, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("sent_at", Moment),
)

recovery_codes = Table(
    "recovery_codes",  # each is deleted when it is used
    metadata,
    Column(
        "account_id",
        String(36),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("code_hash", LargeBinary(32), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column(
        "account_id",
        String(36),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("id_token", LargeBinary),  # sealed; what the municipality's login said, for its logout
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

contact_counts = Table(
    "contact_counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

feedback_counts = Table(
    "feedback_counts",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("channel", String(8), primary_key=True),
    Column("speaker", String(12), primary_key=True),
    Column("question", String(16), primary_key=True),
    Column("answer", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

case_counts = Table(
    "case_counts",
    metadata,
    Column("month", Date, primary_key=True),  # its first day, of the hand-over's making
    Column("measure", String(16), primary_key=True),
    Column("value", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
)

standings = Table(  # as what a case stands in case_counts, for as long as its text is kept
    "standings",
    metadata,
    _conversation(primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

decisions = Table(  # what leaders decide in the console: rows are added, never changed
    "decisions",
    metadata,
    Column("section", String(20), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # 0: as the file had it
    Column("value", JSON, nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", Moment, nullable=False),
)

audit = Table(
    "audit",  # rows are only ever added: triggers refuse everything else (migration 0006)
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    Column("handover_id", String(36), index=True),
    Column("about", String(100)),  # the account or token that it was done to
    Column("detail", String(100)),  # its new roles
)
