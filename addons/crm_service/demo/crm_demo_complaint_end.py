from datetime import timedelta

from odoo import api, models

#: How far a case has come, in the order in which it goes.
WAY = ("progress", "decided", "execution", "inform", "follow_up", "closed")
CARRIER = "SF Express 顺丰速运"
#: Who does a department's step, and how many hours of work it takes.
WORKERS = {"finance": "sofia", "warehouse": "tariq"}
WORK_HOURS = {"finance": 0.25, "warehouse": 0.5}


class CrmDemoStory(models.AbstractModel):
    """How the cases of the story are decided, carried out, told and closed."""

    _inherit = "crm.demo.story"

    @api.model
    def _decide_case(self, complaint, row, moments):
        """Yusuf decides; then each department does its part, as far as it has come."""
        if row["until"] == "waiting":
            return
        with self._at(moments["decide"]):
            self._propose_case(complaint, row)
            if row["until"] == "exception":
                self._ask_for_exception(complaint)
                return
            self._as("yusuf", complaint).action_decide()
        if complaint.state == "decided" and row["until"] != "decided":
            steps = self._start_steps(complaint, "finance", moments["approve"])
            with self._at(moments["approve"]):
                steps.action_done()
        if complaint.state == "execution" and row["until"] != "execution":
            self._start_steps(complaint, "warehouse", moments["ship"])
            with self._at(moments["ship"]):
                self._ship_case(complaint)
        if row["until"] in ("follow_up", "reopened", "closed"):
            self._end_case(complaint, row, moments)

    @api.model
    def _propose_case(self, complaint, row):
        """Draw up what the customer gets, as Yusuf does."""
        if not row["remedy"]:
            return
        own = self._as("yusuf", complaint)
        vals = own._prepare_remedy_vals(row["remedy"])
        if row["share"]:
            vals["amount"] = complaint.currency_id.round(
                complaint.amount * float(row["share"]) / 100
            )
        if row["remedy"] == "reject":
            vals["reason"] = row["note"]
        self.env["crm.complaint.remedy"].with_user(own.env.user).create(vals)

    @api.model
    def _ask_for_exception(self, complaint):
        """More than Yusuf may grant: Lin is asked."""
        own = self._as("yusuf", complaint)
        own.exception_reason = self.env._(
            "They pour for a gearbox maker that stops its line; without the money back "
            "they buy the next two months elsewhere."
        )
        own.action_request_approval(own.exception_reason)

    @api.model
    def _start_steps(self, complaint, department, done):
        """Let Sofia or Tariq begin what is ready, some work before it is done.

        Sofia opens the gate: goods may leave, credit notes are posted. Tariq packs.
        """
        steps = complaint.step_ids.filtered(
            lambda s: s.department == department and s.state == "ready"
        )
        steps = self._as(WORKERS[department], steps)
        with self._at(self._plan(-WORK_HOURS[department], done)):
            steps.action_start()
        return steps

    @api.model
    def _ship_case(self, complaint):
        """Tariq ships; carrier and number come back to the complaint."""
        transfers = complaint.remedy_ids.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        for move in transfers.move_ids:
            if not move.quantity:
                move.quantity = move.product_uom_qty
        transfers.move_ids.picked = True
        self._as("tariq", transfers).with_context(
            skip_backorder=True, skip_sms=True
        ).button_validate()
        complaint.remedy_ids.filtered("date_shipped").write(
            {"carrier_name": CARRIER, "tracking_ref": f"SF1{complaint.id:011d}"}
        )

    @api.model
    def _end_case(self, complaint, row, moments):
        """Amara tells the customer, asks again after some days, and closes."""
        with self._at(moments["tell"]):
            self._as("amara", complaint).log_call("told", duration=4)
        if row["until"] == "reopened":
            with self._at(moments["deny"]):
                self._as("amara", complaint).log_call(
                    "not_received",
                    note=self.env._(
                        "Nothing has come. The carrier says it was left with a "
                        "neighbour; the neighbour knows of no parcel."
                    ),
                    duration=6,
                )
            return
        if row["until"] != "closed":
            return
        with self._at(moments["follow_up"]):
            self._as("amara", complaint).log_call("received", duration=2)
        with self._at(moments["close"]):
            own = self._as("amara", complaint)
            own.write({"result": row["result"], "result_note": row["note"]})
            own.action_close()

    # --- BUDGETS

    @api.model
    def _load_budgets(self):
        """Enter what goodwill was allowed to cost in each of the last months."""
        vals_list = []
        for months_ago in range(1, 12):
            last = self._get_month_end(months_ago)
            vals_list.append(
                {
                    "name": f"{last:%Y-%m}",
                    "date_from": last.replace(day=1),
                    "date_to": last,
                    "amount": 15000,
                }
            )
        self.env["crm.complaint.budget"].create(vals_list)

    # --- WHAT WAS LEARNT

    @api.model
    def _correct_caps(self):
        """The caps leaked until Yusuf had them changed; the figures say how far."""
        cause = self.env.ref("crm_service.crm_complaint_cause_packaging_seal")
        yusuf = self.env.ref("crm_service.res_users_yusuf")
        complaints = self.env["crm.complaint"].search([("cause_id", "=", cause.id)])
        changed = self._get_day(150)
        with self._at(self._get_time(185, "09:00")):
            action = self.env["crm.corrective.action"].create(
                {
                    "name": "瓶盖漏液 Caps leak",
                    "cause_id": cause.id,
                    "user_id": yusuf.id,
                    "priority": "2",
                    "date_due": self._get_day(145),
                    "window_days": 120,
                    "complaint_ids": complaints.ids,
                    "containment": "Canisters are shipped upright, caps taped.",
                    "root_cause": "The seal of the cap shrinks in the cold of a lorry.",
                    "corrective_action": "Cap with a seal of foamed polyethylene.",
                    "preventive_action": "Caps are tested at minus fifteen degrees.",
                }
            )
            action.action_open()
        self._name_record(action, "caps")
        with self._at(self._get_time(150, "16:00")):
            action.date_implemented = changed
            action.action_implement()
        with self._at(self._get_time(29, "09:30")):
            action.action_measure_effect()
            action.verification = "Half as many leaks as before; go on with the boxes."
            action.action_verify()

    @api.model
    def _measure_recovery(self):
        """Say of each month that is over who bought again."""
        company = self.env.ref("base.main_company")
        recovery = self.env["crm.complaint.recovery"]
        for month in recovery._get_due_months(company):
            recovery._measure_month(company, month)

    # --- WHAT IS ON ITS WAY

    @api.model
    def _expect_goods(self, product, quantity, days):
        """Plan a receipt of ``product`` in so many days."""
        warehouse = self.env.ref("stock.warehouse0")
        kind = warehouse.in_type_id
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "origin": self.env._("Production order"),
                "scheduled_date": self._get_time(0, "09:00") + timedelta(days=days),
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "product_uom": product.uom_id.id,
                            "location_id": kind.default_location_src_id.id
                            or self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": warehouse.lot_stock_id.id,
                        },
                    )
                ],
            }
        )
        transfer.action_confirm()
