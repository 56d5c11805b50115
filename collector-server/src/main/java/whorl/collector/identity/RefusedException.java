package whorl.collector.identity;

/** An agent's proof is refused; the message says why, and holds no token. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedException(Refusal refusal, String why) {
    super(why);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
