package whorl.collector.derive;

/** The events of an agent are not what events are. The message says which line and why. */
final class MalformedEventsException extends Exception {
  MalformedEventsException(String message) {
    super(message, null, false, false);
  }
}
