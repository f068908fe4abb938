"""What leaders decide about the counselling: the parts with one form, and the history of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from handover.accounts.roles import LEDER
from handover.console import decided_answers, decided_texts, shell
from handover.console.decision_form import PLACE, Form, Forms, sent_fields, version_of
from handover.console.places import HOME
from handover.console.shell import Known, Shell
from handover.conversations.sentences import OWN_KEYS
from handover.decisions.current import Current, OvertakenError
from handover.decisions.faults import WrongError
from handover.errors import Problem
from handover.pages.changes import Changes
from handover.pages.editors import WHOLE
from handover.pages.words import Words
from handover.texts import Texts

FRONT = PLACE.removeprefix(HOME)


def routers(desk: Shell, decisions: Current, words: Words, texts: Texts) -> tuple[APIRouter, ...]:
    """All pages of it. ``texts`` as they stand in the files, before anything decided counts."""
    standard = {key: texts.entries[key] for key in OWN_KEYS}
    forms = Forms(desk, decisions, Changes(words, standard), words)
    return decided_answers.router(forms), decided_texts.router(forms), router(forms)


def router(forms: Forms) -> APIRouter:
    routes = shell.router()
    desk, decisions = forms.desk, forms.decisions
    Leader = Annotated[Known, Depends(desk.known(LEDER))]  # noqa: N806

    @routes.get(FRONT)
    async def front(request: Request, who: Leader) -> Response:
        held = {name: await decisions.held(name) for name in decisions.sections}
        return await desk.page(request, "indstillinger.html", who, held=held, place=PLACE)

    @routes.get(f"{FRONT}/historik/{{section}}")
    async def history(request: Request, who: Leader, section: str) -> Response:
        return await _history(request, who, section)

    @routes.post(f"{FRONT}/historik/{{section}}/{{number}}")
    async def again(request: Request, who: Leader, section: str, number: int) -> Response:
        """An old version counts again."""
        sent = await sent_fields(request)
        desk.checked(who, sent.get("csrf", ""))
        _known(section)
        try:
            await decisions.decide_again(section, number, version_of(sent), who.name)
        except OvertakenError:
            return await _history(request, who, section, 409, overtaken=True)
        except WrongError:  # the program has changed since, and refuses it now
            return await _history(request, who, section, 422, refused=number)
        return RedirectResponse(f"{PLACE}/historik/{section}?gemt=1", 303)

    async def _history(
        request: Request, who: Known, section: str, status: int = 200, **more: Any
    ) -> Response:
        _known(section)
        versions = await decisions.history(section)
        told = {
            "section": section,
            "turns": forms.changes.history(section, versions),
            "saved": "gemt" in request.query_params,
            "place": PLACE,
        }
        return await desk.page(request, "indstillinger/historik.html", who, status, **told, **more)

    def _known(section: str) -> None:
        if section not in decisions.sections:
            raise Problem(404, "findes_ikke")

    @routes.get(f"{FRONT}/{{section}}")
    async def show(request: Request, who: Leader, section: str) -> Response:
        return await forms.show(request, who, _whole(section))

    @routes.post(f"{FRONT}/{{section}}")
    async def save(request: Request, who: Leader, section: str) -> Response:
        return await forms.save(request, who, _whole(section), await sent_fields(request))

    return routes


def _whole(section: str) -> Form:
    if section not in WHOLE:
        raise Problem(404, "findes_ikke")
    address = f"{PLACE}/{section}"
    return Form(WHOLE[section], f"indstillinger/{section}.html", address, address)
