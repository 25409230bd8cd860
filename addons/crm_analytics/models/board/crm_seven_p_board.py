from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.month import last_closed_month_end
from ...tools.seven_p import PARTS, year_before

SCORES = (*(f"{part}_score" for part in PARTS), "total_score")


class BoardScope(NamedTuple):
    """Of whom a board tells: a customer, a segment or the company."""

    kind: str
    record: models.Model
    company: models.Model
    policy: models.Model
    #: last day that counts
    as_of: object
    #: the month end a year before, with which scores are compared
    year_ago: object
    #: readable rows of a part or score that the board is about
    domain: Domain
    #: what is kept of all customers, for whoever sees them all
    kept: models.Model


class CrmSevenPBoard(models.AbstractModel):
    """The 7 P of a customer, of a segment or of the company, on one screen.

    One dictionary, for the screen and for the print. Everything is read with the
    rights of the reader: the scores of a segment or of the company are the means of
    the customers whom he may see. A board costs a fixed number of queries, however
    many customers or orders there are.

    - ``crm_seven_p_board_average.py``: means of many customers, those of a year ago
    - ``crm_seven_p_board_figure.py``: the key figures of each P
    - ``crm_seven_p_board_profile.py``: who a customer is, his products
    - ``crm_seven_p_board_offer.py``: what to offer next
    - ``crm_seven_p_board_explain.py``: how a score came about
    - ``crm_seven_p_board_drill.py``: the records behind a figure
    - ``crm_seven_p_board_company.py``: best customers, and who is leaving
    """

    _name = "crm.seven.p.board"
    _description = "7 P Board"

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_board(self, scope, res_id=False, company_id=False, segment_id=False):
        """Return the board of ``scope``: ``customer``, ``segment`` or ``company``.

        :param res_id: the customer or one of his contacts, or the segment
        :param segment_id: segment of a customer to compare with; default: his first
        :return: ``title``, ``company``, ``refreshed_at``, ``may_refresh``, ``parts``
            (``key, label, score, segment, company, last_year, change, figures,
            blocks``), ``total``, ``series``, ``segments``, ``headline``, ``lists``,
            ``notice``, ``kept_at`` (of when the means and totals of all are, where
            they are those that were kept), ``empty``
        """
        self.env["crm.screen.read.mixin"]._prepare_planner()
        asked = self._get_scope(scope, res_id, company_id)
        board = self.with_company(asked.company)
        payload = board._prepare_head(asked)
        empty = board._get_empty_state(asked)
        if empty:
            return {**payload, "empty": empty}
        return {**payload, **board._prepare_body(asked, segment_id)}

    @api.model
    def refresh(self, company_id=False):
        """Refresh all scorecards of the company; return what came of it."""
        company = self._get_board_company(company_id)
        policies = self.env["crm.rfm.policy"]
        policies.check_access("write")
        self.env.ref("crm_analytics.ir_cron_sale_breakdown")._trigger()
        return policies.browse(policies._ensure(company).id).action_refresh()

    # --- WHO ASKS, ABOUT WHOM

    @api.model
    def _may_refresh(self):
        return self.env["crm.rfm.policy"].has_access("write")

    @api.model
    def _get_board_company(self, company_id):
        company_id = company_id or self.env.company.id
        company = self.env.companies.filtered(lambda known: known.id == company_id)
        if not company:
            raise AccessError(
                self.env._(
                    "You do not work in this company at the moment. Choose it at the "
                    "top of the screen first."
                )
            )
        return company

    @api.model
    def _get_scope(self, kind, res_id, company_id):
        """Return the scope, once the reader's rights are checked."""
        if not self.env["crm.seven.p.score"].has_access("read"):
            raise AccessError(
                self.env._(
                    "The 7 P board is for sales and analysts. Ask your administrator "
                    "for one of these roles."
                )
            )
        company = self._get_board_company(company_id)
        policy = self.env["crm.rfm.policy"]._ensure(company)
        as_of = policy.last_as_of or self.env["crm.sale.fact"]._get_today(company)
        record, domain = self._get_subject(kind, res_id, company)
        return BoardScope(
            kind=kind,
            record=record,
            company=company,
            policy=policy,
            as_of=as_of,
            year_ago=last_closed_month_end(year_before(as_of)),
            domain=domain,
            kept=self._find_kept(company),
        )

    @api.model
    def _get_subject(self, kind, res_id, company):
        """Return the record that the board is about, and the domain of its rows."""
        counted = self._get_counted_domain(company)
        if kind == "company":
            return company, counted
        models_by_kind = {"customer": "res.partner", "segment": "crm.segment"}
        record = self.env[models_by_kind.get(kind, "res.partner")].browse(res_id or [])
        if kind not in models_by_kind or not record.exists():
            raise UserError(
                self.env._("There is nothing to show: choose a customer or a segment.")
            )
        record.check_access("read")
        if kind == "segment":
            return record, counted & Domain("partner_id.segment_ids", "in", record.ids)
        customer = record.commercial_partner_id
        customer.check_access("read")
        mine = Domain("company_id", "=", company.id)
        return customer, mine & Domain("partner_id", "=", customer.id)

    # --- PARTS OF THE BOARD

    @api.model
    def _prepare_head(self, asked):
        record = asked.record
        refreshed = asked.policy.refreshed_at
        owner = record.user_id.name if asked.kind == "customer" else False
        return {
            "scope": asked.kind,
            "id": record.id,
            "model": record._name,
            "title": record.display_name,
            "owner": owner or False,
            "company": {"id": asked.company.id, "name": asked.company.name},
            "currency_id": asked.company.currency_id.id,
            "as_of": fields.Date.to_string(asked.as_of),
            "refreshed_at": fields.Datetime.to_string(refreshed)
            if refreshed
            else False,
            "may_refresh": self._may_refresh(),
            "parts": [],
            "lists": [],
            "headline": [],
            "notice": False,
            "kept_at": False,
            "empty": False,
        }

    @api.model
    def _prepare_body(self, asked, segment_id):
        segments, segment = self._get_segments(asked, segment_id)
        scores, change = self._get_scores(asked)
        series = {
            "own": scores,
            "segment": segment and self._get_means(asked, segment),
            "company": asked.kind != "company" and self._get_means(asked),
            "last_year": self._get_former(asked),
        }
        figures = self._get_figures(asked)
        shown = self._get_part_blocks(asked)
        parts = self.env["crm.scorecard.part"]._selection_part()
        return {
            "segments": segments,
            "segment_id": segment.id if segment else False,
            "series": self._name_series(asked, series, segment),
            "total": self._compare("total", series, change),
            "parts": [
                {
                    "key": part,
                    "label": label,
                    **self._compare(part, series, change),
                    "figures": figures.get(part, []),
                    "blocks": shown.get(part, []),
                }
                for part, label in parts
            ],
            "headline": self._get_headline(asked),
            "lists": self._get_lists(asked),
            "notice": self._get_notice(asked),
            "kept_at": fields.Datetime.to_string(asked.kept.write_date) or False,
        }

    @api.model
    def _compare(self, part, series, change):
        """Return the score of one part beside those that it is compared with."""
        name = f"{part}_score"
        compared = {
            key: found[name] if found else None for key, found in series.items()
        }
        return {
            "score": compared.pop("own"),
            **compared,
            "change": change.get(name),
        }

    @api.model
    def _name_series(self, asked, series, segment):
        """Return what is drawn: ``key, label``, as far as there is something."""
        labels = {
            "own": asked.record.display_name,
            "segment": segment and segment.name,
            "company": asked.company.name,
            "last_year": self.env._(
                "A year ago (%s)", fields.Date.to_string(asked.year_ago)
            ),
        }
        return [
            {"key": key, "label": labels[key]} for key, found in series.items() if found
        ]

    @api.model
    def _get_segments(self, asked, segment_id):
        """Return the segments of a customer, and the one to compare him with."""
        if asked.kind != "customer":
            return [], False
        found = asked.record.segment_ids
        chosen = found.filtered(lambda s: s.id == segment_id) or found[:1]
        return [{"id": s.id, "name": s.display_name} for s in found], chosen

    @api.model
    def _get_scores(self, asked):
        """Return the scores, and their change since the last month end."""
        if asked.kind != "customer":
            return self._get_means(asked, asked.kind == "segment" and asked.record), {}
        row = self.env["crm.seven.p.score"].search(asked.domain, limit=1)
        if not row:
            return None, {}
        scores = {name: self._known(row[name]) for name in SCORES}
        former = {name: self._known(row[f"previous_{name}"]) for name in SCORES}
        change = {
            name: scores[name] - former[name]
            for name in SCORES
            if scores[name] is not None and former[name] is not None
        }
        return scores, change if row.previous_date else {}

    @api.model
    def _known(self, value):
        """Return a score, None where it is not known: 0 is a score."""
        return None if value is False or value is None else value

    # --- EMPTY STATES

    @api.model
    def _get_empty_state(self, asked):
        """Return what to say, and to do next, where there is nothing to show."""
        if not asked.policy.refreshed_at:
            return {
                "key": "never",
                "title": self.env._("Not scored yet"),
                "text": self.env._(
                    "The scorecards of %s were never refreshed. Refresh them now, or "
                    "wait for the next run.",
                    asked.company.name,
                )
                if self._may_refresh()
                else self.env._(
                    "The scorecards of %s were never refreshed. Ask an analyst to do "
                    "so.",
                    asked.company.name,
                ),
            }
        if self.env["crm.seven.p.score"].search_count(asked.domain, limit=1):
            return False
        if asked.kind == "customer":
            return self._get_empty_customer(asked)
        return {
            "key": "nobody",
            "title": self.env._("No customers with a score"),
            "text": self.env._(
                "Nobody here whom you may see has ordered yet. Scores appear with the "
                "first confirmed order and the next refresh."
            ),
        }

    @api.model
    def _get_empty_customer(self, asked):
        customer = asked.record
        if not customer.filtered_domain(customer._get_own_care_domain()):
            return {
                "key": "other",
                "title": self.env._("Not your customer"),
                "text": self.env._(
                    "Somebody else looks after this customer, so you see no figures."
                ),
            }
        state = {
            "key": "no_orders",
            "title": self.env._("No orders yet"),
            "text": self.env._(
                "%s has not ordered here, or the scores were not refreshed since. The "
                "scores appear after the first confirmed order.",
                customer.display_name,
            ),
        }
        if self.env["sale.order"].has_access("create"):
            state["action"] = "quotation"
            state["action_label"] = self.env._("New Quotation")
        return state

    @api.model
    def _get_notice(self, asked):
        """Return words of caution: rules that changed, few data."""
        found = []
        if asked.policy.is_part_stale:
            found.append(
                self.env._(
                    "Factors or weights changed: the scores follow the former rules "
                    "until the next refresh."
                )
            )
        if asked.kind == "customer" and self._has_one_order(asked):
            found.append(
                self.env._(
                    "One order only: the interval, the regularity and the trend are "
                    "not known yet, and what is expected rests on other customers. "
                    "Call the customer about a second order."
                )
            )
        return " ".join(found) or False

    @api.model
    def _has_one_order(self, asked):
        card = self.env["crm.customer.scorecard"].with_context(active_test=False)
        return card.search(asked.domain, limit=1).order_count == 1
