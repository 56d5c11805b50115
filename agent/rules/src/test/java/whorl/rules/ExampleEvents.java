package whorl.rules;

import static whorl.rules.Events.withStack;

import java.util.List;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** Events that examples of several kinds of rules are made of. */
final class ExampleEvents {
  static final String REQUEST = "org.apache.catalina.core.StandardWrapperValve.invoke";

  private ExampleEvents() {}

  static AgentEvent defined(String className, String origin, String... frames) {
    return withStack(
        EventType.CLASS_DEFINE, List.of(frames), "className", className, "origin", origin);
  }

  static AgentEvent library(String path, String... frames) {
    return withStack(EventType.LIBRARY_LOAD, List.of(frames), "path", path);
  }

  static AgentEvent connected(String host, String address, String... frames) {
    return withStack(
        EventType.SOCKET_CONNECT,
        List.of(frames),
        "host",
        host,
        "address",
        address,
        "port",
        80,
        "transport",
        "tcp");
  }

  static AgentEvent resolved(String host, String address, String... frames) {
    return withStack(
        EventType.DNS_LOOKUP, List.of(frames), "host", host, "addresses", List.of(address));
  }

  static AgentEvent lookedUp(String name, String... frames) {
    return withStack(EventType.JNDI_LOOKUP, List.of(frames), "name", name);
  }

  static AgentEvent forRequest(EventType type, String id, Object... namesAndValues) {
    return Events.create(1, 0, type, "http-1", List.of(), Events.request(id), namesAndValues);
  }
}
