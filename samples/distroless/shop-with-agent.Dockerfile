# The shop with the agent in its image: one COPY --from more than shop.Dockerfile.
ARG JAVA=21
FROM localhost/whorl-shop:java${JAVA}
COPY --from=localhost/whorl-agent:latest /whorl-agent.jar /whorl/whorl-agent.jar
