from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestPricelistByPolicy(PolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls._create_pricelist("Standard", sequence=0)

    def _apply(self, **vals):
        self.mills.write({"pricelist_id": self.mill_prices.id, **vals})

    def test_segment_gives_its_pricelist_to_members_and_their_contacts(self):
        self.assertEqual(self._price(self.mill), "Standard")
        self._apply()
        self.assertEqual(self._price(self.mill), "Mill prices")
        self.assertEqual(self._price(self.buyer), "Mill prices")
        self.assertEqual(self._price(self.foundry), "Standard")

    def test_nothing_is_written_and_leaving_reverts_at_once(self):
        self._apply()
        self.assertEqual(self._price(self.mill), "Mill prices")
        mill = self.mill.with_company(self.company_a)
        self.assertFalse(mill.specific_property_product_pricelist)
        self.mills._remove(self.mill)
        self.assertEqual(self._price(self.mill), "Standard")

    def test_pricelist_is_a_note_unless_it_is_to_be_applied(self):
        self._apply(is_pricelist_applied=False)
        self.assertEqual(self._price(self.mill), "Standard")

    def test_customer_policy_goes_before_the_segment(self):
        self._apply()
        policy = self._create_policy(self.mill, pricelist_id=self.own_prices.id)
        self.assertEqual(self._price(self.mill), "Own prices")
        policy.active = False
        self.assertEqual(self._price(self.mill), "Mill prices")

    def test_pricelist_entered_by_hand_goes_before_everything(self):
        self._apply()
        mill = self.mill.with_company(self.company_a)
        mill.property_product_pricelist = self.own_prices
        self.assertEqual(self._price(self.mill), "Own prices")
        mill.property_product_pricelist = self.standard
        self.assertEqual(self._price(self.mill), "Standard")
        mill.property_product_pricelist = self.mill_prices
        self.assertFalse(mill.specific_property_product_pricelist)
        mill.property_product_pricelist = self.own_prices
        mill.property_product_pricelist = False
        self.assertEqual(self._price(self.mill), "Mill prices")

    def test_archived_pricelist_is_passed_over(self):
        self._apply()
        self.mill_prices.active = False
        self.assertEqual(self._price(self.mill), "Standard")

    def test_archived_segment_gives_no_price(self):
        self._apply()
        self.mills.active = False
        self.assertEqual(self._price(self.mill), "Standard")

    def test_other_company_keeps_its_prices(self):
        self._apply()
        self._create_pricelist("B", company_id=self.company_b.id, sequence=0)
        self.assertEqual(self._price(self.mill, self.company_b), "B")

    def test_price_does_not_depend_on_who_asks(self):
        self._apply()
        self.mill.user_id = self.rep_all
        self._create_policy(self.foundry, pricelist_id=self.own_prices.id)
        for user in (self.rep, self.rep_all, self.manager, self.employee):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                partners = (self.mill | self.foundry).with_user(user)
                partners = partners.with_company(self.company_a)
                self.assertEqual(
                    partners.mapped("property_product_pricelist.name"),
                    ["Mill prices", "Own prices"],
                )
        self.portal.partner_id.parent_id = self.mill
        portal = self.portal.partner_id.with_user(self.portal).sudo()
        portal = portal.with_company(self.company_a)
        self.assertEqual(portal.property_product_pricelist, self.mill_prices)

    def test_portal_user_pays_the_price_of_his_segment_and_strangers_do_not(self):
        self._apply()
        product = self.env["product.product"].create(
            {"name": "Billet", "list_price": 100, "company_id": self.company_a.id}
        )
        self.mill_prices.item_ids.create(
            {
                "pricelist_id": self.mill_prices.id,
                "compute_price": "fixed",
                "applied_on": "0_product_variant",
                "product_id": product.id,
                "fixed_price": 80,
            }
        )
        public = self.env.ref("base.public_user")
        self.portal.partner_id.parent_id = self.mill
        self.assertEqual(self._get_prices(self.portal, product), ("Mill prices", 80))
        self.assertEqual(self._get_prices(public, product), ("Standard", 100))
        self.portal.partner_id.parent_id = self.foundry
        self.assertEqual(self._get_prices(self.portal, product), ("Standard", 100))

    def _get_prices(self, user, product):
        """Return pricelist and price as a shop finds them: for the user, as system."""
        self.env.invalidate_all()
        env = self.env(user=user, su=True)
        partner = env.user.partner_id.with_company(self.company_a)
        pricelist = partner.property_product_pricelist
        return pricelist.name, pricelist._get_product_price(
            product.with_env(env).with_company(self.company_a), 1.0
        )

    def test_portal_user_learns_nothing_of_policies(self):
        self._apply()
        policy = self._create_policy(self.mill, pricelist_id=self.own_prices.id)
        self.portal.partner_id.parent_id = self.mill
        for user in (self.portal, self.env.ref("base.public_user")):
            for record in (policy, self.mills, self.mill_prices):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
            for name in ("segment_ids", "crm_pricelist_id", "crm_policy_ids"):
                with self.assertRaises(AccessError):
                    self.mill.with_user(user).read([name])
                self.assertNotIn(name, self.mill.with_user(user).fields_get())

    def test_quotation_takes_price_and_currency_and_says_why(self):
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search(
            [("id", "!=", self.company_a.currency_id.id)], limit=1
        )
        currency.active = True
        self.mill_prices.currency_id = currency
        self._apply()
        product = self.env["product.product"].create(
            {"name": "Billet", "list_price": 100, "company_id": self.company_a.id}
        )
        self.mill_prices.item_ids.create(
            {
                "pricelist_id": self.mill_prices.id,
                "compute_price": "fixed",
                "applied_on": "0_product_variant",
                "product_id": product.id,
                "fixed_price": 80,
            }
        )
        orders = self.env["sale.order"].with_user(self.rep).with_company(self.company_a)
        with Form(orders) as form:
            form.partner_id = self.buyer
            with form.order_line.new() as line:
                line.product_id = product
        order = form.record
        self.assertEqual(order.pricelist_id, self.mill_prices)
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(order.order_line.price_unit, 80)
        self.assertEqual(order.crm_pricelist_source, "segment Scheme / Mills")
        order.pricelist_id = self.standard
        self.assertFalse(order.crm_pricelist_source)

    def test_confirmed_order_keeps_its_pricelist(self):
        self._apply()
        orders = self.env["sale.order"].with_company(self.company_a)
        order = orders.create({"partner_id": self.mill.id})
        self.mills.pricelist_id = self.own_prices
        self.assertEqual(order.pricelist_id, self.mill_prices)

    def test_unused_feature_costs_no_query(self):
        policies = self.policies
        policies.search([]).unlink()
        self.env["crm.segment"].with_context(active_test=False).search(
            []
        ).pricelist_id = False
        self.env.registry.clear_cache()
        pricelists = self.env["product.pricelist"].with_company(self.company_a)
        ids = (self.mill | self.buyer | self.foundry).ids

        def count(method):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            method(ids)
            return self.env.cr.sql_log_count - start

        hosts = next(
            cls._get_partner_pricelist_multi
            for cls in type(pricelists).mro()
            if cls.__module__ == "odoo.addons.product.models.product_pricelist"
        )
        count(pricelists._get_partner_pricelist_multi)  # fills the caches
        ours = count(pricelists._get_partner_pricelist_multi)
        alone = count(lambda ids: hosts(pricelists, ids))
        self.assertEqual(ours, alone)

    def test_used_feature_costs_the_same_for_many(self):
        self._apply()
        many = self.mill.browse()
        for number in range(30):
            many |= self._create_customer(f"Mill {number}", ref="mill")
        self.scheme._refresh()
        pricelists = self.env["product.pricelist"].with_company(self.company_a)
        pricelists._get_partner_pricelist_multi(self.mill.ids)
        counts = []
        for partners in (self.mill, many):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            pricelists._get_partner_pricelist_multi(partners.ids)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    def test_disabled_feature_stays_disabled(self):
        self._apply()
        feature = self.env.ref("product.group_product_pricelist")
        groups = self.env["res.groups"].search([("implied_ids", "in", feature.ids)])
        groups.implied_ids -= feature
        self.assertFalse(self._price(self.mill))
