package whorl.collector.derive;

/** An agent's events are malformed. The message gives the line and the reason. */
final class MalformedEventsException extends Exception {
  MalformedEventsException(String message) {
    super(message, null, false, false);
  }
}
