package whorl.agent.seal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.Reason;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Modules;
import whorl.evidence.Text;

/**
 * Decides whether evidence leaves this JVM encrypted, and for which recipient. It fails closed: if
 * {@code evidence.recipient} is set and cannot be used, every capture fails with the reason, since
 * evidence that has left unencrypted cannot be called back.
 */
public final class Encryption {
  private static final int X25519_IN_JAVA_BASE = 22;
  private static final int SHOWN_MAX_CHARS = 80;

  private final @Nullable Recipient recipient;
  private final @Nullable String refusal;

  private Encryption(@Nullable Recipient recipient, @Nullable String refusal) {
    this.recipient = recipient;
    this.refusal = refusal;
  }

  /**
   * Checks the setting and the Java image; quick enough for the application's main thread.
   *
   * @param setting {@code evidence.recipient}; null if evidence is not to be encrypted
   */
  public static Encryption of(@Nullable String setting) {
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

  /**
   * Returns this, or a refusal if a trial encryption fails. It takes a moment, so not on the main
   * thread.
   */
  public Encryption checked() {
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

  /** Returns a sink that encrypts, that refuses, or {@code sink} itself. */
  public EvidenceSink around(EvidenceSink sink) {
    String why = refusal;
    if (why != null) {
      return (evidence, capture) -> {
        throw new IOException(why);
      };
    }
    return recipient == null ? sink : new EncryptedEvidence(sink, recipient);
  }

  /** Returns the recipient; null if evidence is not encrypted, or refused. */
  public @Nullable Recipient recipient() {
    return recipient;
  }

  /** Returns why evidence is refused, with the remedy; null if it is not. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** For the capabilities: the recipient, or why evidence is refused, or false if not encrypted. */
  public Object describe() {
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

  /** Hides a secret key or a password that was set by mistake. */
  private static String shown(String setting) {
    if (!setting.startsWith("age1")) {
      return "***";
    }
    String shown = Text.atMost(setting, SHOWN_MAX_CHARS);
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
