# Fills the cache that the images' build mounts.
FROM debian:bookworm-slim
COPY . /warm
RUN --mount=type=cache,id=sluice-ccache,target=/ccache cp -a /warm/. /ccache/
