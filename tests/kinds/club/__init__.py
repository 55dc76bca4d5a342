"""A loyalty club: visits of members and the points they have."""
