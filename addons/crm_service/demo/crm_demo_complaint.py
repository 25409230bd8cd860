import csv
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

FOLDER = "crm_service/demo"
PICTURE = "leaked_parcel.jpg"
QUIET = {
    "mail_activity_quick_update": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nosubscribe": True,
}
#: Hours of work after receipt until the case is taken, answered, decided, approved,
#: shipped and told.
PACES = {
    "fast": (0.5, 1, 2, 3, 5, 6),
    "normal": (0.5, 1.5, 6, 9, 16, 18),
    "slow": (3, 6, 20, 26, 40, 46),
    "late": (2, 3, 0, 0, 0, 0),
}
MOMENTS = ("take", "reply", "decide", "approve", "ship", "tell")
FOLLOW_UP_DAYS = 3
#: The lot whose caps leaked.
LEAKING_LOT = "crm_strategy.stock_lot_clarifier_spring"
#: Orders of the story that left the warehouse: number, days after the order.
SHIPPED = {
    "1": 33,
    "3": 30,
    "4": 5,
    "6": 34,
    "8": 10,
    "10": 25,
    "11": 20,
    "12": 19,
    "13": 16,
    "16": 2,
    "17": 5,
    "21": 2,
    "27": 3,
}


class CrmDemoStory(models.AbstractModel):
    """Complaints of a year: ``complaints.tsv``, one case a row.

    ``when`` says when it was received (``d67 10:12``: so many days ago), how many
    hours of work ago (``w12``), or how many days ago the customer was told (``t3``).
    ``until`` is how far it has come; what is special about an end stands in
    ``crm_demo_complaint_end.py``.
    """

    _inherit = "crm.demo.story"

    @api.model
    def _load_complaints(self):
        """Ship what is complained of, then tell the cases in the order of receipt."""
        for number, days in SHIPPED.items():
            self._ship_order(self.env.ref(f"crm_strategy.sale_order_{number}"), days)
        with file_open(f"{FOLDER}/complaints.tsv") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        begun = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        now = fields.Datetime.now()
        cases = [(self._get_moments(row, now), row) for row in rows]
        for moments, row in sorted(cases, key=lambda case: case[0]["receive"]):
            self._tell_case(row, moments)
        late = self.env["crm.complaint"].search([("date_check", "<=", now)])
        late.with_context(**QUIET)._check_deadlines()
        self._drop_mails(begun)

    @api.model
    def _drop_mails(self, begun):
        """Send nothing: the people of the story have no mailbox."""
        self.env["mail.mail"].search([("id", ">", begun)]).unlink()

    @api.model
    def _get_moments(self, row, now):
        """Return {what happens: when}, in UTC."""
        unit, when = row["when"][0], row["when"][1:]
        pace = dict(zip(MOMENTS, PACES[row["pace"]], strict=True))
        told = False
        if unit == "d":
            start = self._get_time(*when.split())
        elif unit == "w":
            start = self._plan(-float(when), now)
        else:
            told = self._get_time(when, "10:30")
            start = self._plan(-pace["tell"], told)
        moments = {"receive": start}
        for name, hours in pace.items():
            moments[name] = self._plan(hours, start)
        if told:
            moments["tell"] = told
        moments["follow_up"] = max(moments["ship"], moments["tell"]) + timedelta(
            days=FOLLOW_UP_DAYS
        )
        moments["close"] = moments["follow_up"] + timedelta(minutes=35)
        moments["deny"] = self._plan(-3, now)
        return moments

    # --- ONE CASE

    @api.model
    def _tell_case(self, row, moments):
        """Let the people of the story do what they did, each at its time."""
        is_past = row["until"] == "closed" and row["key"] != "zhang"
        quiet = self.with_context(**QUIET, tracking_disable=is_past)
        with quiet._at(moments["receive"]):
            complaint = quiet._receive_case(row)
        quiet._name_record(complaint, row["key"])
        if row["until"] == "new":
            return
        with quiet._at(moments["take"]):
            quiet._as("amara", complaint).action_take()
        if row["pace"] == "late":
            return
        with quiet._at(moments["reply"]):
            quiet._reply_case(complaint, row)
        if row["until"] != "progress":
            quiet._decide_case(complaint, row, moments)

    @api.model
    def _name_record(self, record, key):
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"crm_service.{record._table}_{key}",
                    "record": record,
                    "noupdate": True,
                }
            ]
        )

    @api.model
    def _as(self, login, record):
        """Return ``record`` as the person ``login`` has it."""
        where = "crm_strategy" if login in ("lin", "sofia") else "crm_service"
        user = self.env.ref(f"{where}.res_users_{login}")
        return record.with_user(user).with_context(**self.env.context)

    @api.model
    def _receive_case(self, row):
        partner = self.env["res.partner"].search([("ref", "=", row["customer"])])
        bought = self._find_bought(partner, row["product"])
        kind = self.env.ref(f"crm_service.crm_complaint_kind_{row['kind']}")
        vals = {
            "partner_id": partner.id,
            "kind_id": kind.id,
            "title": row["title"],
            "description": row["text"],
            "wish": row["wish"],
            "channel": row["channel"],
            "order_id": bought.order_id.id,
            "date_received": fields.Datetime.now(),
            "user_id": False,
            "is_acknowledged": row["key"] not in ("zhang", "new"),
        }
        lines = [{"sale_line_id": bought.id, "quantity": float(row["quantity"])}]
        if row["product"] == "CH-CLR" and row["cause"] == "packaging_seal":
            lines[0]["lot_id"] = self.env.ref(LEAKING_LOT).id
        complaints = self.env["crm.complaint"]
        files = []
        if kind.proof == "picture" and row["until"] != "waiting":
            with file_open(f"{FOLDER}/{PICTURE}", "rb") as picture:
                files = [(PICTURE, picture.read())]
        if row["channel"] == "portal":
            return complaints._create_from_portal(vals, lines, files, partner)
        vals["line_ids"] = [fields.Command.create(line) for line in lines]
        complaint = complaints.create(vals)
        if files:
            complaint._attach(files)
        return complaint

    @api.model
    def _find_bought(self, partner, code):
        """Return the latest order line of the customer about this product."""
        lines = self.env["sale.order.line"].search(
            [
                ("order_id.partner_id", "child_of", partner.commercial_partner_id.id),
                ("order_id.state", "=", "sale"),
                ("order_id.crm_remedy_id", "=", False),
                ("order_id.date_order", "<", fields.Datetime.now()),
                ("product_id.default_code", "=", code),
            ]
        )
        return lines.sorted(lambda line: line.order_id.date_order)[-1:]

    @api.model
    def _reply_case(self, complaint, row):
        """Amara answers: by the chatter where it was written, else by telephone."""
        own = self._as("amara", complaint)
        if row["cause"]:
            cause = self.env.ref(f"crm_service.crm_complaint_cause_{row['cause']}")
            own.cause_id = cause
        if row["until"] == "closed" and row["key"] != "zhang":
            own.action_reply()
            return
        asking = row["until"] == "waiting"
        own.message_post(
            body=self.env._("Please send us a picture of the bag and of its label.")
            if asking
            else self.env._("Thank you for telling us. We are looking into it."),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if asking:
            own.action_wait()
