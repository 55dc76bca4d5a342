"""Addresses of the pages of players and of the data manager, below /office/."""

from django.urls import path

from campaigns.web.data_events import EventList, SegmentationSwitch
from campaigns.web.data_manager import AttributeList, ChannelList, IgnoredList
from campaigns.web.player import PlayerChannels, PlayerHistory, PlayerOverview, PlayerTimeline
from campaigns.web.player_acts import PlayerErase, PlayerExport
from campaigns.web.players import PlayerList

urlpatterns = [
    path("players/", PlayerList.as_view(), name="players"),
    path("players/<int:profile_id>/", PlayerOverview.as_view(), name="player"),
    path("players/<int:profile_id>/channels/", PlayerChannels.as_view(), name="player_channels"),
    path("players/<int:profile_id>/timeline/", PlayerTimeline.as_view(), name="player_timeline"),
    path("players/<int:profile_id>/history/", PlayerHistory.as_view(), name="player_history"),
    path("players/<int:profile_id>/export/", PlayerExport.as_view(), name="player_export"),
    path("players/<int:profile_id>/erase/", PlayerErase.as_view(), name="player_erase"),
    path("data/", EventList.as_view(), name="data_events"),
    path("data/attributes/", AttributeList.as_view(), name="data_attributes"),
    path("data/channels/", ChannelList.as_view(), name="data_channels"),
    path("data/ignored/", IgnoredList.as_view(), name="data_ignored"),
    path("data/events/<int:definition_id>/segmentation/", SegmentationSwitch.as_view(), name="data_event_segmentation"),
]
