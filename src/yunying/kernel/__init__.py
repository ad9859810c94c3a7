"""The vocabulary of the whole program: errors, money, periods, commands, evidence, proposals. Standard library only."""
