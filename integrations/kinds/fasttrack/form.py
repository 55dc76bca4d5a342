"""The part of the form that belongs to Fast Track: who bets for which brand, and what contributes where."""

from typing import Any, cast

from django import forms

from integrations.kinds.base import SettingsForm


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _area(rows: int, example: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": example, "spellcheck": "false"})


class FastTrackForm(SettingsForm):
    """Tables are typed one line each: `left = right`."""

    brands = forms.CharField(
        label="Origins and brands",
        widget=_area(4, "sub.example.com = operator:brand"),
        help_text="One line each: origin = brand. A message from an origin that is not here becomes a dead letter.",
    )
    default_source_id = forms.CharField(
        label="Source of bets",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "source-ids", "autocomplete": "off"}),
        help_text="Bets contribute to this source unless a rule below fits.",
    )
    sources = forms.CharField(
        label="Rules for other sources",
        required=False,
        widget=_area(3, "vendor 4, game 20417 = egyptian-games"),
        help_text="One line each: any of origin …, vendor …, game …, then = source. The first that fits decides.",
    )
    own_games = forms.CharField(
        label="Games that are our own jackpots",
        required=False,
        widget=_area(2, "90001"),
        help_text="Game ids, one a line. Their bets are contributions already: counted, never taken again.",
    )
    own_vendors = forms.CharField(
        label="Vendors that are our own",
        required=False,
        widget=_area(2, "potluck"),
        help_text="Vendor ids, one a line, with the same effect.",
    )
    player_country = forms.CharField(
        label="Players' country",
        required=False,
        max_length=2,
        help_text="Two letters, where all are of one country. A jackpot with a country rule refuses unknown ones.",
    )
    country_meta_key = forms.CharField(
        label="Country in meta",
        required=False,
        max_length=60,
        help_text="The member of meta that names the player's country, if yours has one.",
    )
    strict_timestamps = forms.BooleanField(
        label="Strict time stamps",
        required=False,
        help_text="Refuse hours of one digit instead of repairing them.",
    )

    topic = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,200}$",
        label="Topic of Kafka",
        required=False,
        help_text="Where the messages come over Kafka; each needs the header type. Empty for “fasttrack”.",
    )

    def clean_topic(self) -> str:
        """The topic, or the usual one."""
        return cast("str", self.cleaned_data["topic"]) or "fasttrack"

    def clean_brands(self) -> list[dict[str, str]]:
        """The table of origins and brands."""
        table = []
        for line in _lines(self.cleaned_data["brands"]):
            origin, equals, brand_id = (part.strip() for part in line.partition("="))
            if not (origin and equals and brand_id):
                raise forms.ValidationError(f"“{line}” is not of the form origin = brand.")
            if brand_id not in self.brand_ids:
                raise forms.ValidationError(
                    f"There is no brand “{brand_id}”. There are: {', '.join(sorted(self.brand_ids))}."
                )
            table.append({"origin": origin, "brand_id": brand_id})
        return table

    def clean_sources(self) -> list[dict[str, str]]:
        """The rules in their order."""
        return [_rule(line) for line in _lines(self.cleaned_data["sources"])]

    def clean_own_games(self) -> list[str]:
        """Game ids."""
        return _lines(self.cleaned_data["own_games"])

    def clean_own_vendors(self) -> list[str]:
        """Vendor ids."""
        return _lines(self.cleaned_data["own_vendors"])

    def clean_player_country(self) -> str:
        """Two letters, or none."""
        code = cast("str", self.cleaned_data["player_country"]).strip().upper()
        if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise forms.ValidationError("A country has two letters, as MT.")
        return code

    def kind_settings(self) -> dict[str, Any]:
        """As the integration keeps them."""
        return {name: self.cleaned_data[name] for name in FastTrackForm.base_fields}

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """The tables as lines again."""
        initial = {name: settings[name] for name in cls.base_fields if name in settings}
        initial["brands"] = "\n".join(f"{line['origin']} = {line['brand_id']}" for line in settings.get("brands", []))
        initial["sources"] = "\n".join(rule_text(rule) for rule in settings.get("sources", []))
        for name in ("own_games", "own_vendors"):
            initial[name] = "\n".join(settings.get(name, []))
        return initial


_WORDS = {"origin": "origin", "vendor": "vendor_id", "game": "game_id"}


def _rule(line: str) -> dict[str, str]:
    """`vendor 4, game 20417 = egyptian-games` as a rule."""
    left, _, source_id = (part.strip() for part in line.rpartition("="))
    rule = {"source_id": source_id}
    for part in left.split(","):
        word, _, value = part.strip().partition(" ")
        if word.casefold() not in _WORDS or not value.strip() or not source_id:
            raise forms.ValidationError(f"“{line}” is not of the form: vendor 4, game 20417 = source.")
        rule[_WORDS[word.casefold()]] = value.strip()
    return rule


def rule_text(rule: dict[str, str]) -> str:
    """The rule as it is typed."""
    parts = [f"{word} {rule[name]}" for word, name in _WORDS.items() if rule.get(name)]
    return f"{', '.join(parts)} = {rule['source_id']}"
