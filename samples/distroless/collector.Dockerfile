# The collector. /data is a volume: evidence, catalog and custody log live there.
ARG JAVA=21
FROM gcr.io/distroless/java${JAVA}-debian13:nonroot
COPY collector-server/target/whorl-collector.jar /whorl/whorl-collector.jar
EXPOSE 7117
ENTRYPOINT ["/usr/bin/java", "-XX:+ExitOnOutOfMemoryError", "-jar", "/whorl/whorl-collector.jar"]
CMD ["serve", "--data", "/data", "--listen", "127.0.0.1:7117"]
