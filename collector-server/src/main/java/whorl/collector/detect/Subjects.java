package whorl.collector.detect;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * What the built-in rules say about a file, command or destination by itself: as if code that no
 * rule makes an exception for used it, for a request and with success. So an analysis can also name
 * what an attempt failed to reach, and an exception for a known library does not hide what a file
 * is.
 *
 * <p>A rule that matches an event also matches here, for the subject of that event. Thread-safe.
 */
public final class Subjects {
  private static final RequestContext REQUEST =
      new RequestContext("r", "GET", "/", "192.0.2.1"); // an address for documents, RFC 5737

  private static final RecentDetections READ = new RecentDetections();
  private static final RecentDetections WRITTEN = new RecentDetections();
  private static final RecentDetections COMMANDS = new RecentDetections();
  private static final RecentDetections DESTINATIONS = new RecentDetections();

  private Subjects() {}

  /** The rules that match if this file is read. */
  public static Detection fileRead(String path) {
    return READ.get(path, () -> detect(EventType.FILE_OPEN, opened(path, "read", false)));
  }

  /** The rules that match if this file is created. */
  public static Detection fileWritten(String path) {
    return WRITTEN.get(path, () -> detect(EventType.FILE_OPEN, opened(path, "write", true)));
  }

  /** The rules that match if this command is started. */
  public static Detection command(String line) {
    return COMMANDS.get(
        line, () -> detect(EventType.PROCESS_START, Map.of("command", line, "origin", "")));
  }

  /**
   * The rules that match if this host is looked up and connected to.
   *
   * @param host empty if unknown
   * @param address empty if unknown
   * @param port 0 if unknown
   */
  public static Detection destination(String host, String address, long port) {
    return DESTINATIONS.get(
        host + ' ' + address + ' ' + port,
        () -> lookedUp(host, address).and(connected(host, address, port)));
  }

  private static Map<String, Object> opened(String path, String access, boolean created) {
    return Map.of("path", path, "access", access, "created", created, "failed", false);
  }

  private static Detection lookedUp(String host, String address) {
    return host.isEmpty()
        ? Detection.NONE
        : detect(
            EventType.DNS_LOOKUP,
            Map.of("host", host, "addresses", address.isEmpty() ? List.of() : List.of(address)));
  }

  private static Detection connected(String host, String address, long port) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("transport", "tcp");
    if (!host.isEmpty()) {
      fields.put("host", host);
    }
    // who connects to an address by its text has no host
    fields.put("address", address.isEmpty() ? host : address);
    if (port > 0) {
      fields.put("port", port);
    }
    return detect(EventType.SOCKET_CONNECT, fields);
  }

  private static Detection detect(EventType type, Map<String, ? extends Object> fields) {
    AgentEvent event = StoredEvents.event(type, 0, Instant.EPOCH, null, null, REQUEST, fields::get);
    return BuiltInRules.detect(event);
  }
}
