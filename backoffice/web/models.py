"""What a member of staff keeps of the pages: views of lists, by name."""

from django.db import models

from backoffice.accounts.models import StaffUser


class SavedView(models.Model):
    """A list as its owner likes it: the path of the page and the query of its address."""

    user = models.ForeignKey(StaffUser, on_delete=models.CASCADE, related_name="saved_views")
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "path", "name"], name="saved_view_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where the view leads."""
        return f"{self.path}?{self.query}" if self.query else self.path
