"""What pictures keep of a person: the files go first, then all that says what was on them."""

from app.personal_data import Data, PersonalData, emptied

PERSONAL = (
    PersonalData(
        data=Data.PHOTOS,
        table="picture",
        takes={"sha256": ":random", "phash": "0", **emptied("taken_at", "lat", "lon")},
    ),
)
