"""Icons, inlined: templates/icons holds the drawings that static/src/icons.json names."""

from functools import lru_cache

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=512)
def svg(name: str, size: str = "") -> SafeString:
    """The `<svg>` of an icon, hidden from screen readers: the words beside it speak. FileNotFoundError if unknown."""
    if not name.replace("-", "").isalnum():
        raise ValueError(f"no icon is called {name!r}")
    body = (settings.BASE_DIR / "templates" / "icons" / f"{name}.svg").read_text().strip()
    paint = 'fill="currentColor"' if name.endswith("-filled") else 'fill="none" stroke="currentColor" stroke-width="2"'
    classes = f"icon icon-{size}" if size else "icon"
    return mark_safe(  # noqa: S308 - our own file
        f'<svg class="{classes}" viewBox="0 0 24 24" {paint} stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true">{body}</svg>'
    )
