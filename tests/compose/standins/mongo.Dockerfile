# Stands in for mongo:7: a server that speaks MongoDB's protocol, behind the official image's start script's interface.
FROM python:3.11-slim-bookworm
COPY store.txt /tmp/store.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /tmp/store.txt
RUN groupadd --system --gid 999 mongodb && useradd --system --uid 999 --gid mongodb mongodb \
 && mkdir -p /data/db /data/configdb && chown -R mongodb:mongodb /data
COPY mongo-entrypoint.py /usr/local/bin/docker-entrypoint.sh
VOLUME /data/db /data/configdb
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["mongod"]
