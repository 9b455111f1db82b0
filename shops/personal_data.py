"""What shops keep of a person: sales keep amounts and goods; why something was brought back goes."""

from app.personal_data import Data, PersonalData, audited, blacked

PERSONAL = (
    PersonalData(data=Data.PAPERS, table="shop_return", of="home = :senior_id", takes=blacked("reason")),
    audited(Data.PAPERS, "shop_sale", "SELECT id FROM shop_sale WHERE home = :senior_id"),
)
