package whorl.agent.hunt;

/** This JVM cannot answer the question; the message says why. */
public final class HuntRefusedException extends Exception {
  public HuntRefusedException(String reason) {
    super(reason);
  }
}
