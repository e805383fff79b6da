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

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    demo: bool = False
    secret_key: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None

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
    def clock(self) -> Clock:
        """The clock the settings ask for: the real one, or one that stands still."""
        return Clock(self.now)
