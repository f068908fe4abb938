"""Trains the danger screen and the Rasa model, both at once, when their sources have changed.

python3 -m tools.train [--force]
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import report
from tools.command import logged
from tools.places import BOT_PYTHON, MODELS, ROOT
from tools.report import Stop, step
from tools.staleness import Product

# Rasa sends nothing out, and TensorFlow keeps to itself.
QUIET_RASA = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    # Two threads on one sentence embedding wait for each other: seconds instead of milliseconds.
    "OMP_NUM_THREADS": "1",
}
READING = ("bot/data", "bot/danish", "bot/lines.py", "bot/embedding.py", "requirements/bot.txt")

EMBEDDINGS = Product(
    "the sentence embeddings",
    MODELS / "embeddings.npz",
    ("bot/data/nlu", "bot/lines.py", "bot/embedding.py", "requirements/bot.txt"),
    ROOT,
)
SCREEN = Product("the danger screen", MODELS / "screen.npz", ("bot/safety", *READING), ROOT)
ASSISTANT = Product(
    "the assistant",
    MODELS / "assistant.tar.gz",
    ("config.yml", "domain.yml", "bot/nlu", "bot/tracks/catalogue", *READING),
    ROOT,
)
EMBED: list[str | Path] = [BOT_PYTHON, "-m", "bot.embedding"]
TRAIN_SCREEN: list[str | Path] = [BOT_PYTHON, "-m", "bot.safety.train"]


def train_assistant_command(target: Path = ASSISTANT.target) -> list[str | Path]:
    return [
        BOT_PYTHON,
        "-m",
        "rasa",
        "train",
        "--config",
        "config.yml",
        "--domain",
        "domain.yml",
        "--data",
        "bot/data",
        "--out",
        target.parent,
        "--fixed-model-name",
        target.name.removesuffix(".tar.gz"),
        "--skip-validation",  # half a minute; `rasa data validate` does it
        "--force",  # what is stale is for us to say: Rasa's cache knows nothing of bot/nlu
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    train_when_stale(force=parser.parse_args().force)


def train_when_stale(*, force: bool = False) -> None:
    MODELS.mkdir(parents=True, exist_ok=True)
    models = ((SCREEN, TRAIN_SCREEN), (ASSISTANT, train_assistant_command()))
    stale = [(product, command) for product, command in models if force or not product.fresh()]
    if not stale:
        return
    if not EMBEDDINGS.fresh():
        with step("Reading the training lines"):
            train(EMBEDDINGS, EMBED)
    titles = " and ".join(product.title for product, _ in stale)
    with step(f"Training {titles}"), ThreadPoolExecutor() as pool:  # a process and a core each
        for training in [pool.submit(train, *one) for one in stale]:
            training.result()


def train(product: Product, command: list[str | Path]) -> None:
    """The hash is taken before training: what is changed meanwhile makes the model stale."""
    fingerprint = product.fingerprint()
    product.stamp.unlink(missing_ok=True)
    name = product.target.name.partition(".")[0]
    failure = f"Training {product.title} failed"
    logged(command, f"train-{name}", failure, environment=QUIET_RASA)
    if not product.target.exists():
        raise Stop(f"Training {product.title} left no {product.target}")
    product.record(fingerprint)


if __name__ == "__main__":
    report.run(main)
