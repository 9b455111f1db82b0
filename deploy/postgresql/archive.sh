#!/bin/sh
# Keep one file of WAL: archive_command = 'archive.sh "%p" "%f"'. Fails, and is asked again, unless the file lies whole on
# the disk of the archive. Where: CHONGYANG_ARCHIVE, best another machine's disk; /var/backups/chongyang/wal without it.
set -eu
folder=${CHONGYANG_ARCHIVE:-/var/backups/chongyang/wal}
# The same file again is no error (the server may ask twice after a crash); another one of the same name is.
if [ -f "$folder/$2" ]; then exec cmp -s "$1" "$folder/$2"; fi
cp "$1" "$folder/.$2.part"
sync "$folder/.$2.part"
mv "$folder/.$2.part" "$folder/$2"
sync "$folder"
