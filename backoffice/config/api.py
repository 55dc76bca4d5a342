"""The API: its shape, its errors, its reference."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backoffice.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["backoffice.api.permissions.RightRequired"],
    "DEFAULT_RENDERER_CLASSES": ["backoffice.api.renderers.ExactJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backoffice.api.parsers.ExactJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "backoffice.api.negotiation.JSONUnlessOffered",
    "DEFAULT_PAGINATION_CLASS": "backoffice.api.paging.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backoffice.api.errors.exception_handler",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Potluck",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "PotKindEnum": "jackpots.models.PotKind",
        "StrategyKindEnum": "jackpots.models.StrategyKind",
        "PrizeKindEnum": "jackpots.models.PrizeKind",
    },
    "SERVERS": [{"url": "/", "description": "The web process: every route."}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["backoffice.api.schema.machine_routes"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backoffice.api.schema.describe_refusals",
        "jackpots.api.schema.describe_gateway",
        "integrations.api.schema.describe_events",
    ],
}
