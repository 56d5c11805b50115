# The agent jar and nothing else, for COPY --from and for image volumes.
FROM scratch
COPY agent/dist/target/whorl-agent.jar /whorl-agent.jar
