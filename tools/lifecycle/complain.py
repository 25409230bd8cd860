"""Run in the host's shell before the uninstallation: complaints from end to end.

One is replaced, shipped, told, confirmed, closed and rated; one is refunded; one is
open, with a discount promised for the next quotation.
"""

order = env["sale.order"].search([("client_order_ref", "=", "Pails")])  # noqa: F821
order.partner_id.email = "buyer@lifecycle.example"
env.company.crm_service_is_own_gate_allowed = True  # noqa: F821
rules = env["crm.satisfaction.rule"].with_context(active_test=False).search([])  # noqa: F821
rules.write({"active": True, "delay_days": 0, "cap_days": 0})
env["crm.complaint.policy"].search([]).active = False  # noqa: F821
for remedy_type in ("replacement", "refund", "discount"):
    env["crm.complaint.policy"].create(  # noqa: F821
        {"remedy_type": remedy_type, "percent_max": 100.0}
    )
kind = env.ref("crm_service.crm_complaint_kind_service")  # noqa: F821
kind.proof = "none"


def complain(remedy_type):
    """Return a complaint about two pails on which ``remedy_type`` was decided."""
    line = {"sale_line_id": order.order_line.id, "quantity": 2}
    complaint = env["crm.complaint"].create(  # noqa: F821
        {
            "partner_id": order.partner_id.id,
            "order_id": order.id,
            "kind_id": kind.id,
            "user_id": env.ref("base.user_admin").id,  # noqa: F821
            "line_ids": [(0, 0, line)],
        }
    )
    complaint.action_take()
    vals = complaint._prepare_remedy_vals(remedy_type)
    if remedy_type == "discount":
        vals["amount"] = 10.0
    env["crm.complaint.remedy"].create(vals)  # noqa: F821
    complaint.action_decide()
    return complaint


def approve(complaint):
    complaint.step_ids.filtered(
        lambda s: s.department == "finance" and s.state == "ready"
    ).action_done()


replaced, refunded, open_case = map(complain, ("replacement", "refund", "discount"))
approve(replaced)
approve(refunded)
picking = replaced.remedy_ids.sale_order_id.picking_ids
picking.move_ids.picked = True
picking.button_validate()
replaced.log_call("told", duration=4)
replaced.log_call("received", duration=2)
cause = env["crm.complaint.cause"].search([], limit=1)  # noqa: F821
replaced.write(
    {"result": "resolved", "result_note": "Sent again", "cause_id": cause.id}
)
replaced.action_close()
rules.filtered(lambda rule: rule.trigger == "complaint_closed")._plan()
request = env["crm.satisfaction.request"].search([("complaint_id", "=", replaced.id)])  # noqa: F821
request._do_due()
answer = request.user_input_id
answer._save_lines(request.survey_id.crm_score_question_id, "5")
answer._mark_done()
env["crm.corrective.action"].create(  # noqa: F821
    {
        "name": "Caps leak",
        "cause_id": cause.id,
        "complaint_ids": [(6, 0, (replaced | refunded).ids)],
    }
).action_open()
assert picking.state == "done" and replaced.state == "closed"
assert replaced.step_ids and request.score_ids
assert refunded.remedy_ids.state in ("released", "done")
assert open_case.is_open and open_case.remedy_ids
env.cr.commit()  # noqa: F821
