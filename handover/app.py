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
from handover.accounts.login import Gate, Logins
from handover.accounts.roles import RAADGIVER
from handover.clock import Clock, system_clock
from handover.console import case, entry, events, overview, queue, shell
from handover.conversations import routes as conversations
from handover.conversations import stream
from handover.conversations.assistant import Assistant, RasaAssistant
from handover.conversations.feed import Feed
from handover.conversations.feedback import Feedback
from handover.conversations.safety import Guard, Screen
from handover.conversations.sentences import load_sentences
from handover.conversations.service import ConversationService
from handover.conversations.turn import Turns
from handover.guard import BodyLimit, SecurityHeaders
from handover.handovers import aftercare_routes
from handover.handovers import routes as handovers
from handover.handovers.aftercare import AftercareService
from handover.handovers.fhir import Fhir
from handover.handovers.letter import Letters
from handover.handovers.possibilities import load_possibilities
from handover.handovers.questionnaire import Form
from handover.handovers.service import HandoverService
from handover.keyring import open_keyring
from handover.limits import Limit
from handover.municipality import load_municipality
from handover.pages.overview import Labels
from handover.pages.rendering import open_templates
from handover.pages.words import load_words
from handover.settings import Settings
from handover.site import PAGES, Site, shown_resources
from handover.site import router as site_routes
from handover.statistics import routes as statistics_routes
from handover.statistics.facts import Measures
from handover.statistics.service import StatisticsService, listed
from handover.statistics.yardsticks import load_yardsticks
from handover.storage.database import Database
from handover.storage.migrate import migrate
from handover.storage.work import Store
from handover.telephony.service import open_telephony
from handover.telephony.voice.phone import House
from handover.texts import Texts
from handover.watch.escalation import open_escalation
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
    texts = load_sentences(settings, municipality)
    possibilities = load_possibilities(settings.possibilities)
    keyring = open_keyring(settings)

    feed = Feed()
    database = Database(settings.database)
    words = load_words()
    measures = Measures(
        municipality.hours, frozenset(words.groups["udfald"]), frozenset(catalogue.tracks)
    )
    store = Store(database, keyring, clock, feed, measures)
    guard = Guard(screen or BotScreen.load(), Dialogue.load(), municipality, clock)
    rasa = assistant or RasaAssistant(
        settings.rasa_url, settings.rasa_timeout, settings.rasa_token.get_secret_value()
    )
    turns = Turns(store, rasa, guard, texts, municipality, clock)
    service = ConversationService(store, texts, clock)
    desk = HandoverService(store, texts, catalogue, municipality, possibilities, clock)
    aftercare = AftercareService(store, desk.aftercare)
    logins = Logins(
        store, keyring.forms, timedelta(hours=settings.session_hours), Limit(*LOGIN_TRIES, clock)
    )
    gate = Gate(logins)
    counsellors = gate.only(RAADGIVER)
    escalation = open_escalation(store, municipality.duty, settings, words, clock)
    watchdog = Watchdog(store, turns, rasa, texts, municipality, settings, escalation, clock)
    statistics = StatisticsService(
        store,
        listed(words.groups, catalogue.tracks),
        load_yardsticks(),
        municipality.duty.targets.model_dump(),
        clock,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await migrate(database)
        watching = [asyncio.create_task(watchdog.run())]
        if telephony:
            watching.append(asyncio.create_task(telephony.run()))
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
    app.include_router(conversations.router(service, turns, Feedback(store, texts, clock), guesses))
    app.include_router(stream.router(service, turns, feed, texts, settings.stream_poll))
    letters, fhir = Letters.load(words.groups["udfald"]), Fhir(Form(catalogue, words.groups))
    app.include_router(handovers.router(desk, counsellors, feed, letters, fhir))
    app.include_router(aftercare_routes.router(desk, aftercare, counsellors, fhir))
    app.include_router(statistics_routes.router(statistics, gate))
    app.include_router(
        internal.router(store, service, municipality, clock, keyring.internal_secret)
    )
    resources = shown_resources(municipality)
    house = House(
        store, turns, service, desk, texts, municipality, resources, catalogue, words, clock
    )
    telephony = open_telephony(app, house, counsellors, settings)
    templates = open_templates(PAGES / "templates", words, catalogue, clock)
    site = Site(templates, municipality, resources)
    app.include_router(site_routes(site, texts))
    shell.install(app)
    inside = shell.Shell(site, logins, aftercare)
    labels = Labels(words, catalogue)
    for pages in (
        entry.router(inside, texts, settings),
        queue.router(inside, desk, words),
        case.router(inside, desk, words, telephony.names if telephony else None),
        overview.router(inside, statistics, labels),
        events.router(desk, logins, counsellors, feed),
    ):
        app.include_router(pages)
    app.mount("/static", StaticFiles(directory=PAGES / "static"), name="static")

    @app.get("/healthz", tags=["service"])
    async def healthz() -> JSONResponse:
        """Is the service itself up, with its database; the assistant may be down without it."""
        async with store.read() as work:
            await work.accounts.count()
        return JSONResponse({"status": "ok", "assistant": await rasa.alive()})

    app.state.store, app.state.turns = store, turns
    app.state.logins, app.state.watchdog = logins, watchdog
    app.state.telephony = telephony.worker if telephony else None
    app.state.phone = telephony.phone if telephony else None
    return app


def _too_large(texts: Texts) -> JSONResponse:
    return JSONResponse(errors.body("for_stor", texts.say("fejl_for_stor")), 413)
