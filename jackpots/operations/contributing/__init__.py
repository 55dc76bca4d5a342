"""The steps of contribute(): claim, judge, settle, write. Nothing else calls them."""
