package whorl.agent;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.Reason;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Modules;

/**
 * Whether evidence leaves this JVM encrypted, and to whom. It fails closed: where {@code
 * evidence.recipient} is set and can't be served, every capture fails and says why, since what left
 * unencrypted could not be called back.
 */
final class Encryption {
  private static final int X25519_IN_JAVA_BASE = 22;
  private static final int SHOWN_MAX_CHARS = 80;

  private final @Nullable Recipient recipient;
  private final @Nullable String refusal;

  private Encryption(@Nullable Recipient recipient, @Nullable String refusal) {
    this.recipient = recipient;
    this.refusal = refusal;
  }

  /**
   * Looks at the text and at the Java image; quick enough for the application's main thread.
   *
   * @param setting {@code evidence.recipient}; null when evidence shall not be encrypted
   */
  static Encryption of(@Nullable String setting) {
    if (setting == null) {
      return new Encryption(null, null);
    }
    try {
      Recipient recipient = Recipient.of(setting);
      return Runtime.version().feature() < X25519_IN_JAVA_BASE && !Modules.has("jdk.crypto.ec")
          ? refused(setting, "this Java image has no X25519: add the module jdk.crypto.ec to it")
          : new Encryption(recipient, null);
    } catch (IllegalArgumentException e) {
      return refused(setting, String.valueOf(e.getMessage()));
    }
  }

  /** What is left of it once it was tried, which takes a moment; not on the main thread. */
  Encryption triedOut() {
    if (recipient == null) {
      return this;
    }
    try {
      recipient.tryOut();
      return this;
    } catch (IOException | RuntimeException | LinkageError e) {
      return refused(recipient.text(), Reason.of(e));
    }
  }

  /** What is put into {@code sink} is encrypted, or refused, or left as it is. */
  EvidenceSink around(EvidenceSink sink) {
    String why = refusal;
    if (why != null) {
      return (evidence, capture) -> {
        throw new IOException(why);
      };
    }
    return recipient == null ? sink : new EncryptedEvidence(sink, recipient);
  }

  /** To whom; null when evidence leaves as it is, or when none is taken. */
  @Nullable Recipient recipient() {
    return recipient;
  }

  /** Why no evidence is taken, with the remedy; null when it is. */
  @Nullable String refusal() {
    return refusal;
  }

  /** For the capabilities: to whom, or why no evidence is taken; false when it is not encrypted. */
  Object describe() {
    return refusal != null ? refusal : recipient != null ? recipient.text() : false;
  }

  private static Encryption refused(String setting, String why) {
    return new Encryption(
        null,
        "no evidence is taken, for it would leave unencrypted: evidence.recipient="
            + shown(setting)
            + " ("
            + why
            + "); correct it, or leave it out to do without encryption");
  }

  /** Somebody may have put the secret key there, or a password. */
  private static String shown(String setting) {
    if (!setting.startsWith("age1")) {
      return "***";
    }
    String shown =
        setting.length() <= SHOWN_MAX_CHARS ? setting : setting.substring(0, SHOWN_MAX_CHARS) + "…";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
