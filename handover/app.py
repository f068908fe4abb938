"""The composition root: here, and only here, everything is put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from bot.safety.dialogue import Dialogue
from bot.safety.screen import Screen as BotScreen
from bot.tracks.catalogue import load_catalogue
from handover import errors, internal, widget
from handover.accounts.administration import Administration
from handover.accounts.audit import AuditTrail
from handover.accounts.login import Gate, Logins
from handover.accounts.municipal import MunicipalLogin
from handover.accounts.own import OwnAccount
from handover.accounts.provider import Provider, registered
from handover.accounts.roles import RAADGIVER
from handover.clock import Clock, system_clock
from handover.console import (
    accounts,
    case,
    entry,
    events,
    log,
    municipal,
    overview,
    own,
    queue,
    shell,
)
from handover.console import callbacks as callback_pages
from handover.console import decisions as decision_pages
from handover.console.drafts import DraftKeys
from handover.conversations import routes as conversations
from handover.conversations import stream
from handover.conversations.assistant import Assistant, RasaAssistant
from handover.conversations.contact import ContactService
from handover.conversations.feed import Feed
from handover.conversations.feedback import Feedback
from handover.conversations.receipts import Receipts
from handover.conversations.relay import Relay
from handover.conversations.safety import Guard, Screen
from handover.conversations.sentences import load_sentences
from handover.conversations.service import ConversationService
from handover.conversations.signs import Signs
from handover.conversations.turn import Turns
from handover.decisions.current import Current
from handover.decisions.sections import sections
from handover.guard import BodyLimit, SecurityHeaders
from handover.handovers import aftercare_routes, callbacks_routes, talk_routes
from handover.handovers import routes as handovers
from handover.handovers.aftercare import AftercareService
from handover.handovers.answers import AnswerBook, load_answers
from handover.handovers.callbacks import CallbackService
from handover.handovers.fhir import Fhir
from handover.handovers.letter import Letters
from handover.handovers.place import Places
from handover.handovers.possibilities import load_possibilities
from handover.handovers.questionnaire import Form
from handover.handovers.reminders import Reminders
from handover.handovers.service import HandoverService
from handover.handovers.talk import Talk
from handover.keyring import open_keyring
from handover.limits import Limit
from handover.municipality import load_municipality
from handover.pages.overview import Labels
from handover.pages.rendering import open_templates
from handover.pages.words import load_words
from handover.routing import add_routes
from handover.settings import Settings
from handover.site import PAGES, Site, shown_resources
from handover.site import router as site_routes
from handover.statistics import routes as statistics_routes
from handover.statistics.facts import Measures
from handover.statistics.service import StatisticsService, listed
from handover.statistics.yardsticks import load_yardsticks
from handover.storage.database import open_database
from handover.storage.migrate import migrate
from handover.storage.work import Store
from handover.telephony.service import open_telephony
from handover.telephony.voice.phone import House
from handover.texts import Texts
from handover.watch.escalation import open_escalation
from handover.watch.reminders import ReminderMails
from handover.watch.watchdog import Watchdog

RESUME_TRIES = (10, timedelta(minutes=5))
LOGIN_TRIES = (10, timedelta(minutes=5))
DESCRIPTION = """The conversations of citizens, and the hand-overs that counsellors work with.

A citizen's calls carry the conversation's token, a program's its API token, both as
`Authorization: Bearer`. The console uses a session cookie with the header `X-CSRF-Token`.
Every error is `{"error": {"code", "message"}}` with a Danish message."""


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock = system_clock,
    screen: Screen | None = None,
    assistant: Assistant | None = None,
) -> FastAPI:
    """The service. Wrong configuration stops it here, naming file, place and reason."""
    settings = settings or Settings()
    catalogue = load_catalogue()
    municipality = load_municipality(settings.municipality, catalogue.tracks)
    catalogue = catalogue.with_ages(municipality.age_spans)
    texts, answers = load_sentences(settings, municipality), AnswerBook(load_answers())
    possibilities = load_possibilities(settings.possibilities)
    keyring = open_keyring(settings)
    registration = registered(settings)
    provider = Provider(registration) if registration else None

    feed = Feed()
    database = open_database(settings.database)
    words = load_words()
    measures = Measures(
        municipality, frozenset(words.groups["udfald"]), frozenset(catalogue.tracks)
    )
    store = Store(database, keyring, clock, feed, measures)
    decisions = Current(store, sections(municipality, texts, answers, settings), clock)
    guard = Guard(screen or BotScreen.load(), Dialogue.load(), municipality, clock)
    rasa = assistant or RasaAssistant(
        settings.rasa_url, settings.rasa_timeout, settings.rasa_token.get_secret_value()
    )
    relay = Relay(store, rasa, texts, municipality, clock)
    turns = Turns(store, guard, relay, texts)
    service = ConversationService(store, texts, clock)
    desk = HandoverService(store, texts, catalogue, municipality, possibilities, clock)
    aftercare = AftercareService(store, desk.aftercare)
    callbacks = CallbackService(store, catalogue, clock)
    places = Places(store, feed, texts, municipality, clock)
    logins = Logins(
        store,
        keyring.forms,
        timedelta(hours=settings.session_hours),
        Limit(*LOGIN_TRIES, clock),
        municipality.login.codes,
    )
    gate = Gate(logins)
    counsellors = gate.only(RAADGIVER)
    escalation = open_escalation(store, municipality, settings, words, clock)
    reminders = Reminders(desk)
    mails = ReminderMails(reminders, escalation.mail, escalation.address, words, clock)
    watchdog = Watchdog(store, turns, rasa, texts, municipality, settings, escalation, mails, clock)
    statistics = StatisticsService(
        store,
        listed(words.groups, catalogue.tracks),
        load_yardsticks(),
        lambda: municipality.duty.targets.model_dump(),
        clock,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await migrate(database)
        await decisions.refresh()
        escalation.warn_if_nobody()
        running = [watchdog.run(), decisions.follow(), *([telephony.run()] if telephony else [])]
        watching = [asyncio.create_task(one) for one in running]
        yield
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        if telephony:
            await telephony.settle()
        await turns.settle()
        await escalation.settle()
        await rasa.close()
        await database.close()

    app = FastAPI(
        title="STIME-rådgivning",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(
                SecurityHeaders,
                https=settings.https,
                frame=widget.FRAME,
                hosts=municipality.widget.hosts,
            ),
            Middleware(BodyLimit, answer=_too_large(texts)),
        ],
    )
    errors.install(app, texts)
    guesses = Limit(*RESUME_TRIES, clock)
    receipts, feedback = Receipts(store), Feedback(store, texts, clock)
    signs = Signs(store, feed)
    contacts = ContactService(store, texts, municipality, clock)
    add_routes(
        app,
        conversations.router(service, turns, receipts, signs, feedback, places, contacts, guesses),
    )
    add_routes(
        app, stream.router(service, turns, receipts, places, feed, texts, settings.stream_poll)
    )
    letters, fhir = Letters.load(words.groups["udfald"]), Fhir(Form(catalogue, words.groups))
    add_routes(app, handovers.router(desk, counsellors, letters, fhir))
    add_routes(app, talk_routes.router(Talk(store, catalogue, signs, clock), counsellors))
    add_routes(app, aftercare_routes.router(desk, aftercare, counsellors, fhir))
    add_routes(app, callbacks_routes.router(callbacks, counsellors))
    add_routes(app, statistics_routes.router(statistics, gate))
    add_routes(app, internal.router(store, service, municipality, clock, keyring.internal_secret))
    resources = shown_resources(municipality)
    house = House(
        store, turns, service, desk, texts, municipality, resources, catalogue, words, clock
    )
    telephony = open_telephony(app, house, counsellors, settings)
    templates = open_templates(PAGES / "templates", words, catalogue, clock)
    site = Site(templates, municipality, resources)
    add_routes(app, site_routes(site, texts))
    inside = shell.Shell(
        site, logins, aftercare, callbacks, DraftKeys(keyring.drafts), bool(provider)
    )
    shell.install(app, inside)
    administration = Administration(store, desk.put_back_all)
    lasts = timedelta(hours=min(settings.oidc_session_hours, settings.session_hours))
    municipal_login = MunicipalLogin(store, logins, desk.put_back_all, lasts)
    labels = Labels(words, catalogue)
    for pages in (
        entry.router(inside, texts, settings, municipal_login, provider),
        queue.router(inside, desk, reminders, feed, words),
        case.router(inside, desk, words, answers, telephony.names if telephony else None),
        callback_pages.router(inside),
        overview.router(inside, statistics, labels),
        *decision_pages.routers(inside, decisions, words, texts),
        events.router(desk, reminders, logins, counsellors, feed),
        accounts.router(inside, administration, texts),
        log.router(inside, AuditTrail(store), words),
        own.router(
            inside,
            OwnAccount(store, logins, municipality.offer_name),
            texts,
            municipality,
            mails=escalation.mail is not None,
        ),
    ):
        add_routes(app, pages)
    if provider:
        add_routes(app, municipal.router(inside, municipal_login, provider, texts, settings))
    app.mount("/static", StaticFiles(directory=PAGES / "static"), name="static")

    @app.get("/healthz", tags=["service"])
    async def healthz() -> JSONResponse:
        """Is the service itself up, with its database; the assistant may be down without it."""
        async with store.read() as work:
            await work.accounts.count()
        return JSONResponse({"status": "ok", "assistant": await rasa.alive()})

    app.state.store, app.state.turns, app.state.desk = store, turns, desk
    app.state.logins, app.state.watchdog = logins, watchdog
    app.state.telephony = telephony.worker if telephony else None
    app.state.phone = telephony.phone if telephony else None
    return app


def _too_large(texts: Texts) -> JSONResponse:
    return JSONResponse(errors.body("for_stor", texts.say("fejl_for_stor")), 413)
