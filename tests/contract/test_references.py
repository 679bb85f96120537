"""Contract 6: what a CRM may look up before it sends listings."""

from __future__ import annotations

from tests.service import Tenant


def test_currencies_have_a_base(tenant: Tenant) -> None:
    """`GET /reference/currencies → {baseCurrency: "EUR", currencies: [{code, nominal, rate}]}` [P];
    ours: a rate that the operator has not given is not made up.
    """
    answer = tenant.get("/reference/currencies")
    assert answer.json() == {
        "baseCurrency": "EUR",
        "currencies": [{"code": "EUR", "nominal": 1, "rate": 1.0}],
    }


def test_the_base_schema_is_what_a_form_is_checked_by(tenant: Tenant) -> None:
    """`GET /reference/schema/base` [P]; its members are ours."""
    schema = tenant.get("/reference/schema/base").json()
    assert schema["enumerations"]["announcementType"] == ["rent", "sale"]
    assert schema["secondaryTypes"]["parking"] == [
        *("underground-parking", "open-parking", "garage", "covered-parking", "other")
    ]
    assert schema["saleOnly"] == ["residential-land"]
    assert schema["required"]["active"] == {
        "fields": [
            *("announcementType", "propertyType", "propertySecondaryType"),
            *("announcementValue", "announcementCurrency"),
        ],
        "oneOf": ["propertyAddress", "propertyCoordinates"],
        "whenRent": ["announcementPayPeriod"],
        "photos": 3,
    }
    assert "draft" not in schema["required"]
    assert schema["limits"]["announcementDescription"] == {"minLength": 40, "maxLength": 2000}
    assert schema["limits"]["files"] == {"maxItems": 20}
