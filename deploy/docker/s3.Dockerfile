# An S3 store for one host: Ceph's gateway over one storage daemon that keeps everything in the volume /data.
# It checks signatures as AWS does. One copy of the data: for more than one host use a real cluster, or AWS.
ARG DEBIAN=debian:bookworm-slim
FROM ${DEBIAN}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ceph-mon ceph-osd radosgw ceph-common curl uuid-runtime \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
    && install -d -o ceph -g ceph /data
COPY deploy/docker/s3.sh /usr/local/bin/s3.sh
# Debian's user `ceph`.
USER 64045:64045
ENV HOME=/data CEPH_CONF=/data/ceph.conf
EXPOSE 9000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=5s --start-period=90s --retries=5 CMD ["test", "-e", "/tmp/ready"]
ENTRYPOINT ["/usr/local/bin/s3.sh"]
