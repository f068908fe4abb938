"""Where things lie in the checkout; every tool runs from its root."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("HANDOVER_VAR") or ROOT / "var").absolute()
LOGS = VAR / "log"
REQUIREMENTS = ROOT / "requirements"
MODELS = ROOT / "bot" / "models"

TOOLS_ENVIRONMENT = ROOT / ".venv-tools"
APP_ENVIRONMENT = ROOT / ".venv"
BOT_ENVIRONMENT = ROOT / ".venv-bot"

APP_PYTHON = APP_ENVIRONMENT / "bin" / "python"
BOT_PYTHON = BOT_ENVIRONMENT / "bin" / "python"
