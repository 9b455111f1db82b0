"""Who may see the pictures of a visit."""

from sqlalchemy import select

from app.auth.actor import HeldRole, Role, holding
from app.pictures.models import Picture
from care_beds.rounds.seeing import may_see
from tests.care_beds.rounds.home import Home


def test_a_carer_sees_the_own_pictures_for_as_long_as_she_works_there(home: Home) -> None:
    home.check_in()
    picture = home.session.scalars(select(Picture)).one()
    carer, area = home.carer.actor, home.bed.area_code
    works = holding(carer, [HeldRole(Role.CARER, area, provider_id=home.bed.provider_id)])
    elsewhere = holding(carer, [HeldRole(Role.CARER, area, provider_id=(home.bed.provider_id or 0) + 1)])
    assert may_see(home.session, works, picture)
    assert not may_see(home.session, elsewhere, picture)
