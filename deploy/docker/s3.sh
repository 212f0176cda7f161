#!/bin/bash
# Monitor, storage daemon and gateway of a Ceph cluster of one, and the buckets that Sluice needs.
# S3_BUCKETS: their names. S3_CREDENTIALS: a file with "access_key=…" and "secret_key=…".
set -eu
# The storage daemon's file, grown as it is filled. Fixed when /data is first used.
: "${S3_CAPACITY:=1T}" "${S3_BUCKETS:=sluice-uploads sluice-media}" "${S3_CREDENTIALS:=/run/secrets/s3}"
rm -f /tmp/ready
mkdir -p /data/mon /data/osd /data/log /tmp/run
access_key=''
secret_key=''
while IFS='=' read -r name value; do
  case $name in
    access_key) access_key=$value ;;
    secret_key) secret_key=$value ;;
  esac
done < "$S3_CREDENTIALS"

configure() {
  cat > /data/ceph.conf << CONFIGURATION
[global]
fsid = $(uuidgen)
mon host = [v2:127.0.0.1:3300/0]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
run dir = /tmp/run
admin socket = /tmp/run/\$cluster-\$name.\$pid.asok
log file = /dev/null
mon cluster log file = /dev/null
err to stderr = true
keyring = /data/keyring
crash dir = /data/log
[mon]
mon data = /data/mon
paxos propose interval = 0.05
[osd]
osd data = /data/osd
osd objectstore = bluestore
osd memory target = 939524096
bluestore block size = $(numfmt --from=iec "$S3_CAPACITY")
osd class load list = *
osd class default list = *
[client.rgw]
rgw frontends = beast port=9000
rgw run sync thread = false
rgw enable usage log = false
CONFIGURATION
}

# shellcheck disable=SC2317  # by trap
stop() {
  # The shell's own: the image has no other kill.
  # shellcheck disable=SC2046  # numbers
  kill -TERM $(jobs -p) 2> /dev/null || true
  wait
  exit 0
}
trap stop TERM INT

if [ ! -e /data/made ]; then
  rm -rf /data/mon /data/osd && mkdir -p /data/mon /data/osd
  configure
  touch /data/keyring
  fsid=$(sed -n 's/^fsid = //p' /data/ceph.conf)
  monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:3300]" /tmp/monmap
  ceph-mon --mkfs -i a --monmap /tmp/monmap --keyring /data/keyring
fi

ceph-mon -f -i a &
if [ ! -e /data/made ]; then
  osd=$(uuidgen)
  timeout 60 ceph osd new "$osd"
  ceph-osd -i 0 --mkfs --osd-uuid "$osd"
  timeout 60 ceph osd crush add osd.0 1.0 host=localhost root=default
fi
ceph-osd -f -i 0 &
until timeout 60 ceph osd stat | grep -q ' 1 up'; do sleep 0.1; done
# The gateway's user. An existing one gets the keys that are in the file now.
timeout 60 radosgw-admin -n client.rgw user create --uid=sluice --display-name=Sluice \
  --access-key="$access_key" --secret-key="$secret_key" > /dev/null 2>&1 \
  || timeout 60 radosgw-admin -n client.rgw user modify --uid=sluice \
    --access-key="$access_key" --secret-key="$secret_key" > /dev/null
radosgw -f -n client.rgw &
for bucket in $S3_BUCKETS; do
  # Again: harmless.
  curl --silent --show-error --fail --output /dev/null --retry 60 --retry-connrefused --retry-delay 1 \
    --aws-sigv4 aws:amz:us-east-1:s3 --user "$access_key:$secret_key" \
    --header "x-amz-content-sha256: UNSIGNED-PAYLOAD" --request PUT "http://127.0.0.1:9000/$bucket"
done
touch /data/made /tmp/ready
echo "S3 is ready on port 9000"

# One of three gone: all of it starts again.
wait -n || true
echo "a daemon ended" >&2
exit 1
