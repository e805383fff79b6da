"""Everything an operator can set, from `DEALHAND_*` or `.env`. Passed in, never imported as a value."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.clock import Clock


class Settings(BaseSettings):
    """Safe for one machine with no key and no network; each field is documented in `docs/settings.md`."""

    model_config = SettingsConfigDict(env_prefix="DEALHAND_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path()
    database_url: str | None = None
    now: datetime | None = None
    lang: Literal["en", "zh"] = "en"

    model: str = "builtin"
    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    model_timeout_seconds: float = Field(4.0, gt=0, le=8)

    jobs_url: str | None = None
    worker: bool = True
    chroma_url: str | None = None
    files_url: str | None = None
    transcriber: Literal["faster-whisper", "openai-whisper", "openai"] = "faster-whisper"
    whisper_model: str = "base"
    audio_megabytes: int = Field(500, gt=0)
    audio_hours: float = Field(4.0, gt=0)
    audio_days: int | None = Field(None, gt=0)

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    demo: bool = False
    secret_key: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    telegram_token: SecretStr | None = None
    telegram_secret: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] | None = None

    query_seconds: float = Field(10.0, gt=0)
    query_rows: int = Field(1000, gt=0)
    turns_per_minute: int = Field(3000, gt=0)
    thread_days: int = Field(90, gt=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"

    @property
    def var(self) -> Path:
        """The one folder the product writes to."""
        return self.home / "var"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the records."""
        return self.database_url or f"sqlite:///{self.var / 'dealhand.db'}"

    @property
    def jobs(self) -> str:
        """The SQLAlchemy URL of durable work: beside the records, or with them on PostgreSQL."""
        if self.jobs_url is None and self.database_url and not self.database_url.startswith("sqlite"):
            return self.database_url
        return self.jobs_url or f"sqlite:///{self.var / 'jobs.db'}"

    @property
    def files(self) -> str:
        """The fsspec URL under which recordings are kept."""
        return self.files_url or (self.var / "files").absolute().as_uri()

    @property
    def clock(self) -> Clock:
        """The clock the settings ask for: the real one, or one that stands still."""
        return Clock(self.now)
