"""E-mail over the county's own server (SMTP, Django's mail)."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import (
    EMAIL,
    TIMEOUT_S,
    Accepted,
    Access,
    Gateway,
    Outgoing,
    Refused,
    Setting,
    Unsure,
    gateway,
)
from notify.gateways.reading import number

SUBJECT = 60


class Mail(Gateway):
    code = "mail"
    label = _("E-mail")
    channels = (EMAIL,)
    settings = (
        Setting("host", _("mail server")),
        Setting("port", _("port"), default="465"),
        Setting("security", _("ssl, starttls or none"), default="ssl"),
        Setting("user", _("user"), required=False),
        Setting("password", _("password"), secret=True, required=False),
        Setting("sender", _("sender's address")),
    )

    def send(self, access: Access, message: Outgoing) -> Accepted:
        connection = EmailBackend(
            host=access["host"], port=number(access, "port", 465), username=access["user"], password=access["password"],
            use_ssl=access["security"] == "ssl", use_tls=access["security"] == "starttls", timeout=int(TIMEOUT_S),
        )  # fmt: skip
        domain = parseaddr(access["sender"])[1].partition("@")[2] or "localhost"
        letter_id = f"<{access.code}.{message.reference}@{domain}>"
        subject = " ".join(message.text.split())[:SUBJECT]
        letter = EmailMessage(
            subject, message.text, access["sender"], [message.address], headers={"Message-ID": letter_id},
            connection=connection,
        )  # fmt: skip
        _post(connection, letter)
        return Accepted(letter_id)


def _post(connection: EmailBackend, letter: EmailMessage) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:  # nothing was handed over yet
        raise Refused(f"no connection: {type(error).__name__}") from error
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        for_good = 500 <= code < 600
        reason = f"{code} {said.decode(errors='replace')[:100]}"
        raise Refused(reason, permanent=for_good, outcome="bad_number" if for_good else "failed") from error
    except smtplib.SMTPServerDisconnected as error:
        raise Unsure("the server hung up") from error
    except smtplib.SMTPResponseException as error:
        raise Refused(f"{error.smtp_code} {error.smtp_error!r}"[:120]) from error
    except OSError as error:
        raise Unsure(type(error).__name__) from error
    finally:
        connection.close()


gateway(Mail())
