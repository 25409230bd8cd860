from .affinity_common import AffinityCommon


class NextBestOfferCommon(AffinityCommon):
    """Four customers; whoever buys A buys B, and Ada has only bought A."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada, cls.bo, cls.cy, cls.dan = (
            cls._create_customer(name) for name in ("Ada", "Bo", "Cy", "Dan")
        )
        for partner in (cls.bo, cls.cy):
            cls._sell(partner, "AB")
        cls._sell(cls.ada, "A")
        cls._sell(cls.dan, "F")
        cls.env["crm.scorecard.run"]._refresh(cls.company, mode="full")
        cls.env["crm.affinity.run"]._refresh(cls.company, "full", cls._moment(0))
        cls.reason = cls.env.ref("crm_analytics.crm_offer_reason_price")

    def _propose(self, partners=None):
        engine = self.env["crm.next.best.offer.engine"]
        return engine._refresh(self.affinity, partners and partners.ids)

    def _offers(self, partner, *states):
        offers = self.env["crm.next.best.offer"].search(
            [
                ("partner_id", "=", partner.id),
                ("state", "in", states or ("proposed", "offered", "accepted")),
            ]
        )
        return {
            offer.product_tmpl_id.name or offer.categ_id.name: offer for offer in offers
        }

    def _need(self, partner, letter=None, **vals):
        return self.env["crm.need"].create(
            {
                "name": "Wants it",
                "partner_id": partner.id,
                "company_id": self.company.id,
                "product_id": letter and self.products[letter].id,
                "strength": 4,
                **vals,
            }
        )

    def _set_stock(self, letter):
        product = self.products[letter]
        product.product_tmpl_id.write({"type": "consu", "is_storable": True})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, 5
        )
