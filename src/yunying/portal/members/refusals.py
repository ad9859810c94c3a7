"""What members' pages refuse, in the reader's language; a test holds the list to the code."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Ask again tomorrow."),
    gettext_noop("Ask whoever gave you the account."),
    gettext_noop("Check it, and capital letters."),
    gettext_noop("Choose another name."),
    gettext_noop("Somebody has this name."),
    gettext_noop("The text has a word that is not allowed here."),
    gettext_noop("This account works here."),
    gettext_noop("This is no name to be known by."),
    gettext_noop("This is not your password."),
    gettext_noop("This is too long."),
    gettext_noop("Too many attempts."),
    gettext_noop("Use 2 to 30 letters, without @ and #."),
    gettext_noop("Wait a while, then try again."),
    gettext_noop("Write it differently."),
    gettext_noop("Write less, or in several posts."),
    gettext_noop("You had your data several times today."),
)
