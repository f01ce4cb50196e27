"""Plural rules: a whole number in; the name of the form that a language takes for it, as Unicode's CLDR has it, out."""

from __future__ import annotations

_MILLION = 1_000_000


def always_other(_number: int) -> str:
    """Languages with one form: Japanese, Chinese, Korean."""
    return "other"


def one_or_other(number: int) -> str:
    """Languages with a form for 1: English, German, Dutch, Turkish."""
    return "one" if number == 1 else "other"


def one_or_millions(number: int) -> str:
    """Languages with a form for 1, and with another for millions: Spanish, Italian."""
    return "one" if number == 1 else _millions(number)


def up_to_one_or_millions(number: int) -> str:
    """Languages in which 0 goes with 1, and with another form for millions: French, Portuguese."""
    return "one" if number <= 1 else _millions(number)


def one_two_or_other(number: int) -> str:
    """Languages with a dual: Hebrew."""
    return {1: "one", 2: "two"}.get(number, "other")


def polish(number: int) -> str:
    """Polish: 1; 2 to 4, 22 to 24 and so on; all others."""
    return "one" if number == 1 else "few" if _is_few(number) else "many"


def east_slavic(number: int) -> str:
    """Russian and Ukrainian: 1, 21 and so on; 2 to 4, 22 to 24 and so on; all others."""
    return "one" if number % 10 == 1 and number % 100 != 11 else "few" if _is_few(number) else "many"


def arabic(number: int) -> str:
    """Arabic: none, one, two, 3 to 10 and 11 to 99 of each hundred, all others."""
    if number <= 2:
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def _millions(number: int) -> str:
    return "many" if number and number % _MILLION == 0 else "other"


def _is_few(number: int) -> bool:
    return 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14
