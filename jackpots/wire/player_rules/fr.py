"""Français."""

from collections.abc import Mapping
from typing import Final

SEPARATORS: Final[tuple[str, str]] = ("\u202f", ",")
MESSAGES: Final[Mapping[str, str]] = {
    "rules": "Règles",
    "language": "Langue",
    "version": "Version {version} de ces règles, en vigueur depuis le {date}.",
    "part": "Participation",
    "part_opt_in": "Vous participez dès votre inscription et jusqu'à votre désinscription.",
    "part_all": "Vous participez avec chaque mise qui compte ; aucune inscription n'est nécessaire.",
    "bets_all": "Les mises de tout montant comptent.",
    "bets_from": "Les mises de {low} et plus comptent.",
    "bets_to": "Les mises jusqu'à {high} comptent.",
    "bets_between": "Les mises de {low} à {high} comptent.",
    "brands": "Il est ouvert aux joueurs de {brands}.",
    "countries_allowed": "Seuls les joueurs de ces pays participent : {countries}.",
    "countries_blocked": "Les joueurs de ces pays ne participent pas : {countries}.",
    "games": "Seuls ces jeux comptent : {games}.",
    "when": "Quand il est ouvert",
    "state_pending": "Il n'est pas encore ouvert.",
    "state_paused": "Il est suspendu pour le moment : rien n'est apporté et rien n'est gagné.",
    "state_over": "Il est terminé.",
    "starts": "Il commence le {date}.",
    "ends": "Il se termine le {date}.",
    "always": "Il est ouvert en permanence.",
    "daily": "Chaque jour : {hours}, UTC.",
    "daily_n": "Tous les {n} jours : {hours}, UTC.",
    "weekly": "Chaque semaine : {days}.",
    "weekly_n": "Toutes les {n} semaines : {days}.",
    "usual_hours": "{day} aux heures de chaque jour",
    "all_day": "{day} toute la journée",
    "own_hours": "{day} {hours} UTC",
    "weekdays": "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
    "funding": "Ce qu'est une contribution et qui la paie",
    "contribution": "Chaque mise qui compte apporte {amount} au jackpot.",
    "contribution_choice": "Vous choisissez ce que chaque mise apporte ; sans choix de votre part, c'est {amount}.",
    "contribution_none": "Chaque mise qui compte est une tentative. Elle ne coûte rien et rien n'en est prélevé.",
    "amount_fixed": "En {currency} : {amount}.",
    "amount_between": "En {currency} : {amount} ; vous pouvez choisir de {low} à {high}.",
    "amount_among": "En {currency} : {amount} ; vous pouvez choisir l'un de ces montants : {values}.",
    "amount_converted": "Dans toute autre devise, elle est convertie au cours du jour.",
    "paid_operator": "L'opérateur la paie en entier. Rien n'est prélevé sur votre solde.",
    "paid_player": "Vous la payez en plus de votre mise.",
    "paid_both": "L'opérateur en paie {share}, vous payez le reste en plus de votre mise.",
    "share_pot": "{share} de chaque contribution vont à la cagnotte {pot}.",
    "share_pot_seed": "{share} de chaque contribution vont à la cagnotte {pot} ; {part} de cette part sont mis de "
    "côté pour son prochain départ, jusqu'à ce qu'il soit réuni.",
    "share_house": "{share} de chaque contribution restent à l'opérateur, pour les frais du jackpot.",
    "pots": "Les cagnottes",
    "by_value": "Elle tombe à une valeur entre {low} et {high}, jamais au-dessus.",
    "by_value_even": "Chaque valeur entre les deux est aussi probable qu'une autre.",
    "by_value_weights": "L'intervalle est divisé en {n} parties égales, dont les probabilités sont entre elles comme "
    "{weights}.",
    "by_odds": "Pour {cost} de contribution, la chance de la gagner est de 1 sur {odds} ; une contribution "
    "double a une chance double.",
    "by_odds_each": "À chaque tentative, la chance de la gagner est de 1 sur {odds}.",
    "by_time_first": "Elle tombe une fois par période de {period} : pour la première contribution après un instant"
    " tiré en secret. Si personne ne contribue ensuite à temps, la dernière de cette période "
    "gagne.",
    "by_time_stake": "Elle tombe une fois par période de {period} : l'une de toutes les contributions de la "
    "période est tirée, chacune aussi probable que son montant.",
    "by_tickets": "Elle est versée par les tirages de la tombola.",
    "seed": "Elle commence à {first}.",
    "seed_later": "Elle commence la première fois à {first}, puis à {later} au moins après chaque gain.",
    "fixed": "Elle vaut toujours la même somme.",
    "grows": "Elle grandit avec chaque contribution.",
    "ceiling": "Elle contient {ceiling} au plus ; ce qui dépasse est mis de côté pour son prochain départ.",
    "limited": "Elle peut être gagnée {n} fois. Ensuite elle est fermée.",
    "limited_pots": "Sa part va alors aux autres cagnottes.",
    "limited_house": "Sa part va alors à l'opérateur.",
    "limited_seed": "Sa part va alors aux prochains départs des autres cagnottes.",
    "external": "Le système de l'opérateur peut la faire tomber avec la contribution suivante. Personne ne "
    "peut choisir le gagnant.",
    "rtp": "Ce qui revient aux joueurs",
    "rtp_pot": "Cagnotte {pot} : en moyenne, {rate} des contributions reviennent par elle aux joueurs.",
    "rtp_often": "En moyenne, elle tombe une fois en {n} contributions.",
    "rtp_total": "Toutes les cagnottes ensemble : en moyenne, {rate} des contributions reviennent aux joueurs.",
    "rtp_unknown": "Ce qui revient dépend de ce qui est contribué pendant ce temps ; aucun chiffre ne peut donc "
    "être donné.",
    "rtp_note": "Ce sont des moyennes du jackpot seul, sur une longue durée et pour tous les joueurs. Elles "
    "ne disent rien de ce que vous gagnerez et ne changent rien à ce que le jeu lui-même reverse.",
    "several": "Quand plusieurs gains se rencontrent",
    "several_pots": "Si une contribution touche plusieurs cagnottes, elle gagne celle qui vaut le plus. Les "
    "autres ne sont pas perdues : la contribution suivante les touche.",
    "several_players": "Les contributions sont réglées l'une après l'autre, dans l'ordre de leur arrivée. Si deux "
    "arrivent presque en même temps, chaque cagnotte est gagnée une fois, par la première ; "
    "l'autre joue pour la cagnotte qui repart.",
    "community": "Une partie du gain va à d'autres joueurs",
    "community_winner": "Qui gagne une cagnotte en reçoit {share}. Le reste est partagé :",
    "strategy_active": "{share} à {n} joueurs, tirés parmi ceux qui ont contribué dans les {hours} dernières heures.",
    "strategy_lifetime": "{share} aux {n} joueurs qui ont le plus contribué à ce jackpot.",
    "strategy_per_win": "{share} aux {n} joueurs qui ont le plus contribué depuis le dernier gain de la cagnotte.",
    "split_equal": "Ils partagent à parts égales.",
    "split_proportional": "Ils partagent en proportion de leurs contributions.",
    "community_included": "Le gagnant peut être parmi eux.",
    "community_excluded": "Le gagnant n'est pas parmi eux.",
    "unspent_seed": "Ce qui ne trouve personne est mis de côté pour le prochain départ de la cagnotte.",
    "unspent_winner": "Ce qui ne trouve personne va au gagnant.",
    "raffle": "La tombola",
    "ticket_contribution": "Vous recevez un billet pour chaque {price} de contribution dans un tour.",
    "ticket_wager": "Vous recevez un billet pour chaque {price} de mise dans un tour.",
    "ticket_carry": "Ce qui reste compte pour votre prochain billet du même tour.",
    "round": "Un tour dure {period}. Ensuite aucun billet n'est ajouté et les prix sont tirés.",
    "prize_amount": "Prix {rank} : {amount}, gagnants : {n}.",
    "prize_share": "Prix {rank} : {share} de la cagnotte pour chacun, gagnants : {n}.",
    "per_player": "Prix qu'un joueur peut gagner dans un tour, au plus : {n}.",
    "per_player_any": "Un joueur peut gagner plusieurs prix dans un tour.",
    "without_replacement": "Chaque billet est aussi probable qu'un autre et gagne au plus une fois.",
    "no_tickets": "Un tour sans billet n'a pas de gagnant. Les prix pour lesquels il ne reste aucun billet ne "
    "sont pas attribués.",
    "rolls_over": "Ce qui n'est pas versé reste dans la cagnotte pour le tour suivant.",
    "returns": "Ce qui n'est pas versé revient à l'opérateur.",
    "paying": "Comment un gain est payé",
    "paid_currency": "Vous êtes payé dans votre devise, arrondi vers le bas à sa plus petite pièce ; ce qui est "
    "plus petit est mis de côté pour le prochain départ de la cagnotte. L'affichage est arrondi "
    "de même, si bien que vous ne recevez jamais moins.",
    "held_above": "Les gains de plus de {amount} sont vérifiés par deux personnes avant d'être payés.",
    "held_countries": "Les gains des joueurs de ces pays sont vérifiés par deux personnes avant d'être payés : "
    "{countries}.",
    "proof": "Comment chaque tirage peut être vérifié",
    "proof_commit": "Avant qu'une cagnotte commence à grandir, un nombre secret est tiré et son empreinte est "
    "publiée ici. Tout ce qui est tiré jusqu'au gain vient de ce nombre et de l'identifiant de la"
    " contribution.",
    "proof_reveal": "Une fois la cagnotte gagnée, le secret est publié aussi. Chacun peut alors recalculer chaque"
    " tirage et voir que le secret est celui dont l'empreinte était affichée.",
    "proof_raffle": "Le tirage d'une tombola dépend aussi de la liste de tous les billets, dont l'empreinte est "
    "publiée avant.",
    "proof_now": "Empreinte de la cagnotte {pot}, cycle {cycle} :",
    "proof_page": "Vérifier les tirages de ce jackpot",
    "days": "{n} jour(s)",
    "hours": "{n} heure(s)",
    "minutes": "{n} minute(s)",
    "seconds": "{n} seconde(s)",
    "weeks": "{n} semaine(s)",
}
