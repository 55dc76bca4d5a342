"""What the OpenAPI description says of every route: who may come in, where it is served, how it refuses."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from backoffice.core.errors import STATUS_BY_CODE

EDGE_SERVER: Final = {
    "url": "{edge_url}",
    "description": "The edge process: the hot lane of contributions, and the sockets.",
    "variables": {"edge_url": {"default": "http://127.0.0.1:8001"}},
}
WEB_SERVER: Final = {"url": "/", "description": "The web process: every route."}

COMPONENTS: Final[dict[str, Any]] = {
    "Error": {
        "type": "object",
        "description": "Every refusal. `field` names what is wrong where something sent is.",
        "required": ["status_code", "code", "message"],
        "properties": {
            "status_code": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(STATUS_BY_CODE)},
            "message": {"type": "string"},
            "field": {"type": "string"},
        },
    },
    "ServiceCredentials": {
        "type": "object",
        "required": ["username", "password"],
        "properties": {
            "username": {"type": "string", "minLength": 1, "maxLength": 100},
            "password": {"type": "string", "minLength": 1, "maxLength": 1000},
        },
    },
    "ServiceToken": {
        "type": "object",
        "description": "Does not expire; can be revoked.",
        "required": ["token"],
        "properties": {"token": {"type": "string"}},
    },
    "Problem": {
        "type": "object",
        "description": "The same for who sends `Accept: application/problem+json` (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string"},
            "field": {"type": "string"},
        },
    },
}
REFUSAL: Final = {
    "description": "Refused.",
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}},
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    },
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Machines."""

    target_class = "backoffice.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The token of POST /authenticate/service."""
        return {"type": "http", "scheme": "bearer", "description": "The token of POST /authenticate/service."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Staff in their browser."""

    target_class = "backoffice.api.authentication.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The session's cookie, with X-CSRFToken on writes."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of a member of staff; writes need X-CSRFToken.",
        }


def ref(name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def array_of(name: str) -> dict[str, Any]:
    """A list of a component."""
    return {"type": "array", "items": ref(name)}


def describe_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook of the generator: the forms of error, on every operation."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = REFUSAL
    return result


def machine_routes(endpoints: list[Any], **_kwargs: Any) -> list[Any]:
    """A hook of the generator: every route but the description itself."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(("/api/v1/schema", "/api/v1/docs"))]
