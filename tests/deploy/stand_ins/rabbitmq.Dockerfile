FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends rabbitmq-server && rm -rf /var/lib/apt/lists/* \
    && echo '[rabbitmq_management,rabbitmq_prometheus].' > /etc/rabbitmq/enabled_plugins \
    && mkdir -p /etc/rabbitmq/conf.d && chown -R rabbitmq /etc/rabbitmq
ENV PATH=/usr/lib/rabbitmq/bin:$PATH HOME=/var/lib/rabbitmq RABBITMQ_CONFIG_FILES=/etc/rabbitmq/conf.d RABBITMQ_LOGS=-
USER rabbitmq
VOLUME /var/lib/rabbitmq
ENTRYPOINT ["/usr/lib/rabbitmq/bin/rabbitmq-server"]
