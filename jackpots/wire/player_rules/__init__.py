"""The rules of a jackpot as its players read them, in every language that there is a catalogue for."""
