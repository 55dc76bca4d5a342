"""Campaigns: reactions to events. The app stands above jackpots in the stack and is reached through subscriptions only."""
