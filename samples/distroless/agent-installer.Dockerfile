# The agent jar with a JRE, for an initContainer. A scratch image has no cp, so the jar copies
# itself: java -jar /whorl-agent.jar --install /whorl
ARG JAVA=21
FROM gcr.io/distroless/java${JAVA}-debian13:nonroot
COPY agent/dist/target/whorl-agent.jar /whorl-agent.jar
CMD ["/whorl-agent.jar", "--install", "/whorl"]
