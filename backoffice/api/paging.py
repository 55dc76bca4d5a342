"""Cursor paging."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by a cursor, newest first; `page_size` up to 200. A view may name its own `ordering`."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
