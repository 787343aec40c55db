FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/costbot \
    && /opt/costbot/bin/python -m pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.txt
COPY . ./
RUN /opt/costbot/bin/python -m pip install --no-deps --no-index --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data costbot \
    && install --directory --owner=costbot --group=costbot --mode=0700 /data
COPY --from=build /opt/costbot /opt/costbot
ENV PATH=/opt/costbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COSTBOT_HOME=/data \
    COSTBOT_HOST=0.0.0.0 \
    COSTBOT_PORT=8000 \
    COSTBOT_LOG_FORMAT=json
USER costbot
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"COSTBOT_PORT\"]}/healthz', timeout=4)"]
CMD ["costbot", "serve"]
