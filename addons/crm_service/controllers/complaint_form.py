"""Reads the form of a new complaint: each field checked, nothing taken on trust."""

from odoo.http import request

from ..tools.intake_text import clean_text, parse_id, parse_quantity

TITLE_MAX = 100
TEXT_MAX = 5000
NOTE_MAX = 200
ORDERS_SHOWN = 50


class ComplaintForm:
    """The form of one signed-in person: choices offered, values typed, errors found.

    The order and its lines are looked up among the orders of his own company; an id
    that is not there is the same error as one that does not exist.
    """

    def __init__(self, post, uploads=()):
        self.env = request.env
        self.post = post
        self.uploads = uploads
        self.errors = {}
        self.partner = request.env.user.partner_id
        self.orders = self._find_orders()
        kinds = self.env["crm.complaint.kind"].sudo()  # style: CRM109 what is offered
        self.kinds = kinds.search([])
        self.order = self._find_order()
        self.lines = self._find_order_lines()

    # --- WHAT IS OFFERED

    def _find_orders(self):
        orders = self.env["sale.order"].sudo()  # style: CRM109 own orders only
        return orders.search(
            [
                ("partner_id", "child_of", self.partner.commercial_partner_id.ids),
                ("state", "=", "sale"),
            ],
            order="date_order desc, id desc",
            limit=ORDERS_SHOWN,
        )

    def _find_order(self):
        """Return his order that is chosen, also an old one that the list leaves out."""
        order_id = parse_id(self.post.get("order_id"))
        if not order_id:
            if (self.post.get("order_id") or "").strip():
                self._refuse_order()
            return self.orders.browse()
        order = self.orders.search(
            [
                ("id", "=", order_id),
                ("partner_id", "child_of", self.partner.commercial_partner_id.ids),
                ("state", "=", "sale"),
            ]
        )
        if not order:
            self._refuse_order()
        return order

    def _refuse_order(self):
        self.errors["order_id"] = self.env._("Please choose one of your orders.")

    def _find_order_lines(self):
        return self.order.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and not line.is_downpayment
                and line.product_uom_qty > 0
            )
        )

    def get_lots(self, line):
        """Return the lots that were delivered for an order line."""
        moves = line.move_ids.filtered(lambda move: move.state == "done")
        return moves.move_line_ids.lot_id

    def get_wishes(self):
        """Return [(key, label)] of what a customer can wish."""
        field = self.env["crm.complaint"]._fields["wish"]
        return field._description_selection(self.env)

    # --- WHAT WAS TYPED

    @property
    def kind(self):
        """The chosen kind, empty if it is none of those offered."""
        kind_id = parse_id(self.post.get("kind_id"))
        return self.kinds.filtered(lambda kind: kind.id == kind_id)

    def get(self, name):
        """Return what was typed into a field, to be shown again."""
        value = self.post.get(name)
        return clean_text(value) if isinstance(value, str) else ""

    # --- CHECKS

    def collect(self):
        """Return (values, lines, files); see ``errors`` for what is wrong with them."""
        values = self._read_texts()
        lines = self._read_lines()
        complaints = self.env["crm.complaint"].sudo()  # style: CRM109 settings only
        files, problems = complaints._read_uploads(self.uploads)
        if problems:
            self.errors["pictures"] = " ".join(problems)
        self._check_kind(lines, files)
        values |= {
            "kind_id": self.kind.id,
            "order_id": self.order.id,
            "company_id": (self.order.company_id or self.env.company).id,
        }
        return values, lines, files

    def _read_texts(self):
        values = {}
        for name, is_line, size in (
            ("title", True, TITLE_MAX),
            ("description", False, TEXT_MAX),
            ("wish_note", True, NOTE_MAX),
            ("phone", True, 40),
        ):
            values[name] = clean_text(self.get(name), is_line=is_line)
            if len(values[name]) > size:
                self.errors[name] = self.env._(
                    "Please use %(count)s characters at most.", count=size
                )
        if not values["description"]:
            self.errors["description"] = self.env._("Please describe what happened.")
        values["title"] = values["title"] or values["description"].split("\n")[0][:60]
        values["phone"] = values["phone"] or self.partner.phone
        values["wish"] = self.get("wish")
        if values["wish"] not in dict(self.get_wishes()):
            self.errors["wish"] = self.env._(
                "Please choose what you would like us to do, or choose “Nothing”."
            )
        return values

    def _read_lines(self):
        """Return the complained lines; any foreign line refuses the whole form."""
        known = {line.id: line for line in self.lines}
        lines = []
        for key, text in self.post.items():
            if not key.startswith("quantity_") or not str(text).strip():
                continue
            line = known.get(parse_id(key.removeprefix("quantity_")))
            if not line:
                self.errors["lines"] = self.env._(
                    "Please choose products of the order shown."
                )
                continue
            if clean_text(text) in ("0", "0.0", "0,0"):
                continue
            lines.append(self._read_line(line, text))
        return [line for line in lines if line]

    def _read_line(self, line, text):
        quantity = parse_quantity(text)
        limit = max(line.product_uom_qty, line.qty_delivered)
        if not quantity or line.product_uom_id.compare(quantity, limit) > 0:
            self.errors["lines"] = self.env._(
                "%(product)s: please enter a quantity of up to %(limit)s.",
                product=line.product_id.display_name,
                limit=f"{limit:g}",
            )
            return None
        values = {"sale_line_id": line.id, "quantity": quantity}
        lots = self.get_lots(line)
        chosen = lots.filtered(
            lambda lot: lot.id == parse_id(self.post.get(f"lot_{line.id}"))
        )
        if chosen:
            values["lot_id"] = chosen.id
        elif self.post.get(f"lot_{line.id}") or (lots and self.kind.is_lot_required):
            self.errors["lines"] = self.env._(
                "%(product)s: please choose the lot or serial number.",
                product=line.product_id.display_name,
            )
        return values

    def _check_kind(self, lines, files):
        kind = self.kind
        if not kind:
            self.errors["kind_id"] = self.env._("Please choose what it is about.")
        if kind.is_lot_required and not lines:
            self.errors.setdefault(
                "lines", self.env._("Please state which products are concerned.")
            )
        if kind.proof == "picture" and not files:
            self.errors.setdefault(
                "pictures", self.env._("Please add a picture of it.")
            )
