"""What the organisation asks of who edits the portal: a second factor, where a role needs one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yunying.accounts.second_factor import factor_is_set
from yunying.org.factor_rules import factor_is_required


def factor_first(request: HttpRequest) -> HttpResponse | None:
    """Lead somebody who needs a second factor and has none to where it is set up."""
    if factor_is_required(request.user) and not factor_is_set(request.user):
        return redirect("desk:account-factor")
    return None
