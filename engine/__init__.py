"""Everything that runs without a browser. The front door is `build_engine(settings)`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.installation import build_engine

__all__ = ["build_engine"]


def __getattr__(name: str) -> Any:
    """Loads the front door when somebody asks for it, so that single rooms can be imported alone."""
    if name == "build_engine":
        from engine.installation import build_engine  # noqa: PLC0415

        return build_engine
    raise AttributeError(name)
