"""Deutsch."""

from collections.abc import Mapping
from typing import Final

SEPARATORS: Final[tuple[str, str]] = (".", ",")
MESSAGES: Final[Mapping[str, str]] = {
    "rules": "Spielregeln",
    "language": "Sprache",
    "version": "Fassung {version} dieser Regeln, gültig seit {date}.",
    "part": "Teilnahme",
    "part_opt_in": "Du nimmst teil, sobald du dich angemeldet hast, und bis du dich wieder abmeldest.",
    "part_all": "Du nimmst mit jedem Einsatz teil, der zählt; eine Anmeldung ist nicht nötig.",
    "bets_all": "Einsätze jeder Höhe zählen.",
    "bets_from": "Einsätze ab {low} zählen.",
    "bets_to": "Einsätze bis {high} zählen.",
    "bets_between": "Einsätze von {low} bis {high} zählen.",
    "brands": "Teilnehmen können Spieler von {brands}.",
    "countries_allowed": "Nur Spieler aus diesen Ländern nehmen teil: {countries}.",
    "countries_blocked": "Spieler aus diesen Ländern nehmen nicht teil: {countries}.",
    "games": "Nur diese Spiele zählen: {games}.",
    "when": "Wann er offen ist",
    "state_pending": "Er ist noch nicht offen.",
    "state_paused": "Er ist zurzeit angehalten: Es wird nichts beigetragen und nichts gewonnen.",
    "state_over": "Er ist beendet.",
    "starts": "Er beginnt am {date}.",
    "ends": "Er endet am {date}.",
    "always": "Er ist jederzeit offen.",
    "daily": "Jeden Tag: {hours}, UTC.",
    "daily_n": "Alle {n} Tage: {hours}, UTC.",
    "weekly": "Jede Woche: {days}.",
    "weekly_n": "Alle {n} Wochen: {days}.",
    "usual_hours": "{day} zu den täglichen Zeiten",
    "all_day": "{day} ganztägig",
    "own_hours": "{day} {hours} UTC",
    "weekdays": "Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag",
    "funding": "Was ein Beitrag ist und wer ihn zahlt",
    "contribution": "Jeder Einsatz, der zählt, trägt {amount} zum Jackpot bei.",
    "contribution_choice": "Du bestimmst, was jeder Einsatz beiträgt; ohne deine Wahl sind es {amount}.",
    "contribution_none": "Jeder Einsatz, der zählt, ist ein Versuch. Er kostet nichts, und nichts wird abgezogen.",
    "amount_fixed": "In {currency}: {amount}.",
    "amount_between": "In {currency}: {amount}; du kannst von {low} bis {high} wählen.",
    "amount_among": "In {currency}: {amount}; du kannst eines davon wählen: {values}.",
    "amount_converted": "In jeder anderen Währung wird zum Tageskurs umgerechnet.",
    "paid_operator": "Der Betreiber zahlt ihn ganz. Von deinem Guthaben wird nichts genommen.",
    "paid_player": "Du zahlst ihn zusätzlich zu deinem Einsatz.",
    "paid_both": "Der Betreiber zahlt {share} davon, den Rest zahlst du zusätzlich zu deinem Einsatz.",
    "share_pot": "{share} jedes Beitrags gehen in den Topf {pot}.",
    "share_pot_seed": "{share} jedes Beitrags gehen in den Topf {pot}; {part} davon werden für seinen nächsten "
    "Start zurückgelegt, bis dieser beisammen ist.",
    "share_house": "{share} jedes Beitrags behält der Betreiber für die Kosten des Jackpots.",
    "pots": "Die Töpfe",
    "by_value": "Er fällt bei einem Wert zwischen {low} und {high}, nie darüber.",
    "by_value_even": "Jeder Wert dazwischen ist gleich wahrscheinlich.",
    "by_value_weights": "Der Bereich ist in {n} gleiche Teile geteilt, deren Wahrscheinlichkeiten sich wie {weights} "
    "verhalten.",
    "by_odds": "Für je {cost} Beitrag ist die Chance auf ihn 1 zu {odds}; der doppelte Beitrag hat die "
    "doppelte Chance.",
    "by_odds_each": "Bei jedem Versuch ist die Chance auf ihn 1 zu {odds}.",
    "by_time_first": "Er fällt einmal in {period}: an den ersten Beitrag nach einem geheim gezogenen Zeitpunkt. "
    "Kommt danach rechtzeitig keiner mehr, gewinnt der letzte dieser Zeit.",
    "by_time_stake": "Er fällt einmal in {period}: Einer aller Beiträge dieser Zeit wird gezogen, jeder so "
    "wahrscheinlich wie sein Betrag.",
    "by_tickets": "Er wird durch die Ziehungen der Verlosung ausgezahlt.",
    "seed": "Er startet mit {first}.",
    "seed_later": "Er startet beim ersten Mal mit {first}, nach jedem Fall mit mindestens {later}.",
    "fixed": "Er ist immer gleich viel wert.",
    "grows": "Er wächst mit jedem Beitrag.",
    "ceiling": "Er fasst höchstens {ceiling}; was darüber hinaus eingeht, wird für seinen nächsten Start zurückgelegt.",
    "limited": "Er kann {n}-mal gewonnen werden. Dann ist er geschlossen.",
    "limited_pots": "Sein Anteil geht danach an die anderen Töpfe.",
    "limited_house": "Sein Anteil geht danach an den Betreiber.",
    "limited_seed": "Sein Anteil geht danach an die nächsten Starts der anderen Töpfe.",
    "external": "Das System des Betreibers kann ihn mit dem nächsten Beitrag fallen lassen. Niemand kann den "
    "Gewinner bestimmen.",
    "rtp": "Was an die Spieler zurückfließt",
    "rtp_pot": "Topf {pot}: Im Mittel fließen durch ihn {rate} der Beiträge an Spieler zurück.",
    "rtp_often": "Im Mittel fällt er einmal in {n} Beiträgen.",
    "rtp_total": "Alle Töpfe zusammen: Im Mittel fließen {rate} der Beiträge an Spieler zurück.",
    "rtp_unknown": "Wie viel zurückfließt, hängt davon ab, wie viel in der Zeit beigetragen wird; eine Zahl "
    "lässt sich daher nicht angeben.",
    "rtp_note": "Das sind Mittelwerte des Jackpots allein, über lange Zeit und alle Spieler. Sie sagen nichts"
    " darüber, was du gewinnst, und ändern nichts an der Auszahlung des Spiels selbst.",
    "several": "Wenn mehrere Gewinne zusammentreffen",
    "several_pots": "Trifft ein Beitrag mehrere Töpfe, gewinnt er den wertvollsten. Die anderen sind nicht "
    "verloren: Der nächste Beitrag trifft sie.",
    "several_players": "Beiträge werden nacheinander abgerechnet, in der Reihenfolge ihres Eingangs. Kommen zwei "
    "fast gleichzeitig, wird jeder Topf einmal gewonnen, vom früheren; der spätere spielt um den "
    "neu gestarteten Topf.",
    "community": "Ein Teil des Gewinns geht an andere Spieler",
    "community_winner": "Wer einen Topf gewinnt, erhält {share} davon. Der Rest wird geteilt:",
    "strategy_active": "{share} an {n} Spieler, gezogen aus allen, die in den letzten {hours} Stunden beigetragen "
    "haben.",
    "strategy_lifetime": "{share} an die {n} Spieler, die am meisten zu diesem Jackpot beigetragen haben.",
    "strategy_per_win": "{share} an die {n} Spieler, die seit dem letzten Gewinn des Topfes am meisten beigetragen "
    "haben.",
    "split_equal": "Sie teilen zu gleichen Teilen.",
    "split_proportional": "Sie teilen im Verhältnis ihrer Beiträge.",
    "community_included": "Der Gewinner kann unter ihnen sein.",
    "community_excluded": "Der Gewinner ist nicht unter ihnen.",
    "unspent_seed": "Wofür sich niemand findet, wird für den nächsten Start des Topfes zurückgelegt.",
    "unspent_winner": "Wofür sich niemand findet, geht an den Gewinner.",
    "raffle": "Die Verlosung",
    "ticket_contribution": "Für je {price} Beitrag in einer Runde erhältst du ein Los.",
    "ticket_wager": "Für je {price} Einsatz in einer Runde erhältst du ein Los.",
    "ticket_carry": "Was übrig bleibt, zählt für dein nächstes Los derselben Runde.",
    "round": "Eine Runde dauert {period}. Danach kommt kein Los mehr hinzu, und die Preise werden gezogen.",
    "prize_amount": "Preis {rank}: {amount}, Gewinner: {n}.",
    "prize_share": "Preis {rank}: je {share} des Topfes, Gewinner: {n}.",
    "per_player": "Je Spieler und Runde gibt es höchstens so viele Preise: {n}.",
    "per_player_any": "Ein Spieler kann in einer Runde mehrere Preise gewinnen.",
    "without_replacement": "Jedes Los ist gleich wahrscheinlich und gewinnt höchstens einmal.",
    "no_tickets": "Eine Runde ohne Lose hat keinen Gewinner. Preise, für die kein Los übrig ist, werden nicht "
    "vergeben.",
    "rolls_over": "Was nicht ausgezahlt wird, bleibt für die nächste Runde im Topf.",
    "returns": "Was nicht ausgezahlt wird, geht an den Betreiber zurück.",
    "paying": "Wie ein Gewinn ausgezahlt wird",
    "paid_currency": "Du erhältst deine eigene Währung, abgerundet auf ihre kleinste Münze; was kleiner ist, wird "
    "für den nächsten Start des Topfes zurückgelegt. Angezeigt wird ebenso gerundet, sodass du "
    "nie weniger erhältst.",
    "held_above": "Gewinne über {amount} werden vor der Auszahlung von zwei Personen geprüft.",
    "held_countries": "Gewinne von Spielern aus diesen Ländern werden vor der Auszahlung von zwei Personen geprüft:"
    " {countries}.",
    "proof": "Wie sich jede Ziehung prüfen lässt",
    "proof_commit": "Bevor ein Topf zu wachsen beginnt, wird eine geheime Zahl gezogen und hier ihr Fingerabdruck"
    " veröffentlicht. Alles, was bis zum Gewinn gezogen wird, folgt aus dieser Zahl und der "
    "Kennung des Beitrags.",
    "proof_reveal": "Ist der Topf gewonnen, wird auch die Zahl veröffentlicht. Dann kann jeder jede Ziehung "
    "nachrechnen und sehen, dass die Zahl zum gezeigten Fingerabdruck gehört.",
    "proof_raffle": "Die Ziehung einer Verlosung hängt auch von der Liste aller Lose ab, deren Fingerabdruck "
    "vorher veröffentlicht wird.",
    "proof_now": "Fingerabdruck des Topfes {pot}, Durchgang {cycle}:",
    "proof_page": "Die Ziehungen dieses Jackpots prüfen",
    "days": "{n} Tag(en)",
    "hours": "{n} Stunde(n)",
    "minutes": "{n} Minute(n)",
    "seconds": "{n} Sekunde(n)",
    "weeks": "{n} Woche(n)",
}
