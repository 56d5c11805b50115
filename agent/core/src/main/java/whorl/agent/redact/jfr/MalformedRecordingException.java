package whorl.agent.redact.jfr;

/** Bytes of a recording that are not what the recording itself says of them. */
final class MalformedRecordingException extends Exception {
  private static final long serialVersionUID = 1;

  /** Without a stack trace: a recording may have many. */
  MalformedRecordingException(String message) {
    super(message, null, false, false);
  }
}
