# Stands in for prom/prometheus: Debian's, with the official image's user, folders and start.
FROM standin/debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && rm -rf /var/lib/apt/lists/* \
 && install -d -o nobody -g nogroup /prometheus && install -d /etc/prometheus \
 && ln -s /usr/bin/prometheus /usr/bin/promtool /usr/local/bin/
USER nobody
VOLUME /prometheus
WORKDIR /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
