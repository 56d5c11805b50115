package whorl.agent.probe;

/** A probe is not started; the message says why. */
final class ProbeRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  ProbeRefusedException(String message) {
    super(message);
  }
}
