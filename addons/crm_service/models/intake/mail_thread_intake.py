import logging

from odoo import models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    # Mails that are no complaint go no further than the gateway. No docstring: the
    # host would keep it as the description of its models that have none.
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        complaints = self.env["crm.complaint"]
        routes = [
            complaints._reroute(message, message_dict, route)
            if route[0] == complaints._name
            else route
            for route in routes or ()
        ]
        return super()._message_route_process(
            message, message_dict, [route for route in routes if route]
        )
