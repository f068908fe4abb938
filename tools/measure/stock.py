"""The baseline that is Rasa as it comes: the pipeline of `rasa init` on our own training lines.

It gives one label a message, so it gets a model for each question: one for the danger level, one
for the topic. Each learns from the blocks that answer its question, and is trained again only when
the lines or the pipeline have changed: that takes an hour or more for each, which is why
speaker and tracks, a model each as well, are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.lines import Block, blocks, examples_of
from bot.tracks.reading import TOPICS
from tools import train as training
from tools.measure.cases import ALARM, ASK, NONE, Case, Prediction
from tools.measure.folder import scratch
from tools.measure.reader import run_reader
from tools.measure.scores import FIGURES
from tools.places import BOT_PYTHON, MODELS, ROOT
from tools.report import step
from tools.staleness import Product

LINES = "bot/data/nlu"
PIPELINE = "tools/measure/stock.yml"
READER = (BOT_PYTHON, "-m", "tools.measure.stock_reader")
LOWEST_PRIORITY: tuple[str, ...] = ("nice", "-n", "19")
LEVELS = {"akut": ALARM, "forhoejet": ASK}
RISK_FIGURES = ("akut_alarm", "akut_caught", "forhoejet_caught", "ingen_alarm", "ingen_ask")

Labels = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Question:
    """``label`` of a block of training lines; None: the block says nothing about it."""

    name: str
    label: Callable[[Block], str | None]
    figures: tuple[str, ...]

    @property
    def product(self) -> Product:
        target = MODELS / f"stock-{self.name}.tar.gz"
        return Product(f"stock Rasa for {self.name}", target, (LINES, PIPELINE), ROOT)


QUESTIONS = (
    Question("risk", lambda block: (block.get("metadata") or {}).get("niveau"), RISK_FIGURES),
    Question("topic", lambda block: block["intent"], ("topic_accuracy",)),
)


def trained() -> list[Question]:
    return [question for question in QUESTIONS if question.product.target.exists()]


def outdated() -> list[str]:
    return [question.name for question in trained() if not question.product.fresh()]


def epochs() -> int:
    """How long the models are trained, by the pipeline's own word; `rasa init` says 100."""
    pipeline = yaml.safe_load((ROOT / PIPELINE).read_text("utf-8"))["pipeline"]
    return int(next(part["epochs"] for part in pipeline if part["name"] == "DIETClassifier"))


def unanswered() -> set[str]:
    """The figures it has no model for."""
    return set(FIGURES).difference(*(question.figures for question in trained()))


# training


def train_when_stale() -> None:
    for question in QUESTIONS:
        if not question.product.fresh():
            with scratch("stock") as folder:
                train(question, folder)


def train(question: Question, folder: Path) -> None:
    product, data = question.product, folder / "nlu.yml"
    data.write_text(training_data(labelled(question)), "utf-8")
    with step(f"Training {product.title} (takes long; again only when its lines have changed)"):
        training.train(product, [*LOWEST_PRIORITY, *command(product.target, data)])


def command(target: Path, data: Path) -> list[str | Path]:
    rasa: list[str | Path] = [BOT_PYTHON, "-m", "rasa", "train", "nlu", "--config", PIPELINE]
    rasa += ["--nlu", data, "--out", target.parent]
    return [*rasa, "--fixed-model-name", target.name.removesuffix(".tar.gz")]


def labelled(question: Question) -> dict[str, list[str]]:
    """Label -> its lines, each once."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for _, block in blocks():
        label = question.label(block)
        if label is not None:
            found[label].update(dict.fromkeys(examples_of(block)))
    return {label: list(lines) for label, lines in sorted(found.items())}


def training_data(lines: Labels) -> str:
    rows = [
        {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in lines.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": rows}, allow_unicode=True, sort_keys=False)


# reading


def read(cases: Sequence[Case]) -> list[Prediction]:
    """What the trained models say; what none of them was asked stays at its default."""
    texts = [case.text for case in cases]
    with step("Reading the cases with stock Rasa"):
        answers = {question.name: ask(question, texts) for question in trained()}
    return [
        prediction(case, {name: found[at] for name, found in answers.items()})
        for at, case in enumerate(cases)
    ]


def ask(question: Question, texts: Sequence[str]) -> list[str]:
    intents: list[str] = run_reader([*READER, question.product.target], texts)["intents"]
    return intents


def prediction(case: Case, labels: Mapping[str, str]) -> Prediction:
    """A fallback of Rasa's is no label: nothing was understood."""
    topic = labels.get("topic")
    return Prediction(
        id=case.id,
        risk=LEVELS.get(labels.get("risk", ""), NONE),
        topic=topic if topic in TOPICS else None,
    )
