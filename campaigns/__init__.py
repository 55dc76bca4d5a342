"""Campaigns: reactions to events. The app stands above jackpots and is reached through subscriptions only."""
