"""A forgotten password, where mail is set up; every name is answered alike."""

import threading
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from yunying.accounts.addresses import address_of
from yunying.accounts.guesses import guess_begin, guess_refused
from yunying.accounts.people import password_change
from yunying.accounts.sessions import sessions_end
from yunying.kernel.errors import OperatorError


class ResetMail(PasswordResetForm):
    """Writes to the accounts of an address; sending takes its time elsewhere, so that the answer tells nothing."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send from another thread."""
        threading.Thread(target=super().send_mail, args=args, kwargs=kwargs, daemon=True).start()


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail."""
    if not settings.EMAIL_HOST:
        raise Http404
    if request.method == "POST":
        email = request.POST.get("email", "")[:254]
        wait = guess_begin([f"reset/{email.casefold()}", f"address/{address_of(request)}"], timezone.now())
        if wait:
            raise guess_refused(wait)
        form = ResetMail({"email": email})
        if form.is_valid():
            form.save(
                request=request, use_https=request.is_secure(), subject_template_name="console/reset_subject.txt",
                email_template_name="console/reset_mail.txt",
            )  # fmt: skip
        messages.success(request, _("If there is an account of that address, a link is on its way to it."))
        return redirect("desk:login")
    return render(request, "console/reset.html", {"stage": "ask"})


class ResetConfirm(PasswordResetConfirmView):
    """The page that the link opens; it signs nobody in, so that the second factor is asked for as ever."""

    template_name = "console/reset.html"
    success_url = reverse_lazy("desk:login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password and end what was signed in."""
        now = timezone.now()
        try:
            password_change(self.user, form.cleaned_data["new_password1"], now)
        except OperatorError as error:
            form.add_error("new_password2", f"{error.what} {error.remedy}")
            return self.form_invalid(form)
        sessions_end(self.user, now, actor=self.user)
        messages.success(self.request, _("The password is changed. Sign in."))
        return redirect(self.success_url)
