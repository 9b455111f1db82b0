#!/bin/sh
# A base backup that is checked, beside a copy of the files; run by chongyang-backup.timer as postgres. With the archived
# WAL it can be restored to any moment since (docs/operations/backup.md). Settings, by /etc/chongyang/backup.env:
#   BACKUP_FOLDER   where to (/var/backups/chongyang); best a disk of another machine
#   BACKUP_HOME     the product's home (/var/lib/chongyang): pictures, keys, seals
#   BACKUP_DAYS     how many days base backups and WAL are kept (14)
# and libpq's own (PGHOST, PGUSER, PGPASSFILE ...) for the log-in chongyang_backup.
set -eu
folder=${BACKUP_FOLDER:-/var/backups/chongyang}
home=${BACKUP_HOME:-/var/lib/chongyang}
days=${BACKUP_DAYS:-14}
name=$(date -u +%Y%m%dT%H%M%SZ)
umask 077
# Debian links only some of PostgreSQL's programs into /usr/bin, and pg_verifybackup is none of them.
version=$(psql -XAtc "SELECT current_setting('server_version_num')::int / 10000" postgres)
PATH=/usr/lib/postgresql/$version/bin:$PATH
mkdir -p "$folder/base" "$folder/files" "${CHONGYANG_ARCHIVE:-$folder/wal}"

# What a backup that was cut off left behind is no backup, and only fills the disk.
rm -rf "$folder"/base/*.part
pg_basebackup --pgdata "$folder/base/$name.part" --format plain --checkpoint fast --wal-method stream --manifest-checksums SHA256
pg_verifybackup --quiet "$folder/base/$name.part"
mv "$folder/base/$name.part" "$folder/base/$name"

# Files after the database: a row never names a picture that is not there yet.
for part in pictures keys seals; do
    if [ -d "$home/$part" ]; then
        # Nothing is deleted here: a photo that was shredded goes from the copy when the copy is made anew (docs/operations/backup.md).
        mkdir -p "$folder/files/$part"
        cp -a --update "$home/$part/." "$folder/files/$part/"
    fi
done

find "$folder/base" -mindepth 1 -maxdepth 1 -mtime "+$days" -exec rm -rf {} +
oldest=$(ls "$folder/base" | head -n 1)
if [ -n "$oldest" ]; then
    first=$(sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p' "$folder/base/$oldest/backup_label")
    pg_archivecleanup "${CHONGYANG_ARCHIVE:-$folder/wal}" "$first"
fi
echo "base backup $name is whole"
