"""The writers of approvals."""
