package whorl.agent.event;

/** The HTTP request on whose thread an event happened. */
public record RequestContext(String id, String method, String path, String remoteAddress) {}
