"""The map of facts: who hears of what. Handlers are named as dotted paths and resolved when first needed."""

# An event of the outbox goes to its subscribers, each with a cursor of its own:
# subscriber's name -> {kind of event: dotted path of handler(event: OutboxEvent) -> None}.
EVENTS: dict[str, dict[str, str]] = {}

# Kinds of event of the outbox that also stand in the stream of Redis, for feeds of our own events.
STREAM: tuple[str, ...] = ("ThrillPotsWinEvent", "ThrillPotsRaffleWinEvent", "ThrillPotsOptInEvent")

# A message that a feed decoded goes to the app above that gives it its effect:
# message's name -> dotted path of the handler.
FEED_MESSAGES: dict[str, str] = {
    "fasttrack.bets": "jackpots.handlers.contribute_bets",
    "players.messages": "campaigns.handlers.take_player_messages",
    "players.definitions": "campaigns.handlers.define",
}

# What a second person decides: kind -> dotted path of effect(approval, actor, now).
APPROVALS: dict[str, str] = {
    "staff.password_reset": "backoffice.approvals.operations.reset_password.reset_password",
    "template.publish": "jackpots.operations.publish_template.publish_template",
    "policy.change": "jackpots.operations.change_policy.change_policy",
    "instance.terminate": "jackpots.operations.terminate_instance.terminate_instance",
    "win.settle": "jackpots.operations.settle_win.settle_win",
    "win.release": "jackpots.operations.release_win.release_win",
    "win.cancel": "jackpots.operations.cancel_win.cancel_win",
    "instance.switch": "jackpots.operations.switch_instance.switch_instance",
    "instance.sweep": "jackpots.operations.sweep_instance.sweep_instance",
    "pot.boost": "jackpots.operations.boost_pot.boost_pot",
    "pot.refund_boost": "jackpots.operations.refund_boost.refund_boost",
    "credits.settle": "jackpots.operations.settle_credits.settle_credits",
    "credit.release": "jackpots.operations.release_credit.release_credit",
    "credit.cancel": "jackpots.operations.cancel_credit.cancel_credit",
    "integration.connect": "integrations.operations.connect_integration.connect_integration",
    "player.erase": "campaigns.operations.erase_player.erase_player",
}
REJECTIONS: dict[str, str] = {
    "integration.connect": "integrations.operations.reject_integration.reject_integration",
}

# What people call the fields of a kind of object, in requests and in the log: the object's type -> dotted path of a
# mapping of field, or field=value, to a word.
WORDS: dict[str, str] = {
    "template": "jackpots.web.field_words.TEMPLATE_WORDS",
    "policy": "jackpots.web.field_words.POLICY_WORDS",
}

# The search of the top bar: heading -> (the right it needs, the function (scope, text, limit) -> hits).
SEARCHES: dict[str, tuple[str, str]] = {
    "Instances": ("instances.view", "jackpots.web.search.instances_like"),
    "Templates": ("templates.view", "jackpots.web.search.templates_like"),
    "Sources": ("sources.view", "jackpots.web.search.sources_like"),
    "Contributions": ("contributions.view", "jackpots.web.search.contributions_like"),
    "Wins": ("wins.view", "jackpots.web.search.wins_like"),
    "Players": ("players.view", "campaigns.web.search.players_like"),
    "Contributions of the player": ("players.view", "jackpots.web.search.contributions_of_player"),
    "Wins of the player": ("players.view", "jackpots.web.search.wins_of_player"),
}

# Who is asked what is wrong: dotted paths of functions() -> Iterable[backoffice.core.invariants.Violation].
INVARIANTS: list[str] = [
    "jackpots.queries.invariants.jackpot_violations",
    "jackpots.queries.raffle_invariants.raffle_violations",
    "integrations.queries.invariants.feed_violations",
    "campaigns.queries.invariants.player_violations",
    "reporting.queries.invariants.rollup_violations",
]

# What every page says above its content: dotted paths of functions(scope) -> list[backoffice.web.banners.Banner].
BANNERS: list[str] = [
    "jackpots.web.live.banners",
]

# What a page offers to choose from though it belongs to an app above: name -> dotted path of query(scope) -> rows.
LOOKUPS: dict[str, str] = {
    "sources": "jackpots.queries.sources.sources",
    "ignored_attributes": "campaigns.queries.definitions.ignored_attributes",
}
