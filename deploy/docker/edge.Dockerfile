# The edge in front of everything: nginx that checks signed URLs as CloudFront does (deploy/edge).
ARG DEBIAN=debian:bookworm-slim
FROM ${DEBIAN}
RUN groupadd --gid 10001 edge \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin edge \
    && apt-get update \
    && apt-get install -y --no-install-recommends nginx-light libnginx-mod-http-js curl \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
    && install -d -o 10001 -g 10001 /var/cache/edge
COPY deploy/edge/nginx.conf deploy/edge/edge.js /etc/edge/
USER 10001:10001
EXPOSE 8080
VOLUME /var/cache/edge
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
  CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["/usr/sbin/nginx", "-p", "/tmp", "-e", "/dev/stderr", "-c", "/etc/edge/nginx.conf"]
