package whorl.collector.identity.keys;

/** A proof is refused; the message says why, and holds no token. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  public RefusedException(Refusal refusal, String why) {
    super(why);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
