package whorl.agent.encrypt;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;

/**
 * Whom artifacts are encrypted to: the public half of an X25519 key pair as {@code age-keygen}
 * prints it, {@code age1} and 58 characters of Bech32. What is written is the format
 * age-encryption.org/v1 as <a href="https://c2sp.org/age">C2SP</a> has it, which only the holder of
 * the secret half can read; this process can't, once a stream is closed. Any thread may use it, and
 * each stream is for one.
 */
public final class Recipient {
  /** Of an age file. None is registered; those who detect file types call it so. */
  public static final String MEDIA_TYPE = "application/x-age-encryption";

  private static final String PREFIX = "age1";
  private static final String SECRET_PREFIX = "AGE-SECRET-KEY-";
  private static final int TEXT_CHARS = 62;

  private final String text;

  /** Made at the first use, since that needs cryptography. Guarded by this. */
  private @Nullable RecipientStanzaWriter stanzas;

  private Recipient(String text) {
    this.text = text;
  }

  /**
   * The recipient that {@code text} names. Only the text is looked at, its checksum too: whether
   * this Java can encrypt to it is {@link #tryOut}'s question.
   *
   * @throws IllegalArgumentException saying what is wrong, without repeating the text, which may be
   *     a secret that somebody took for a recipient
   */
  public static Recipient of(String text) {
    if (text.toUpperCase(Locale.ROOT).contains(SECRET_PREFIX)) {
      throw new IllegalArgumentException(
          "this is a secret key, and whoever reads it here can decrypt: make another, and give the"
              + " public key, age1…, that age-keygen prints");
    }
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "not an age recipient: give the public key, age1…, that age-keygen prints");
    }
    if (text.length() != TEXT_CHARS) {
      throw new IllegalArgumentException(
          "an age recipient has "
              + TEXT_CHARS
              + " characters, this has "
              + text.length()
              + ": give one public key, age1…, as age-keygen prints it");
    }
    if (text.lastIndexOf('1') != PREFIX.length() - 1 || !Bech32Checksum.holds(text)) {
      throw new IllegalArgumentException(
          "mistyped, for its checksum does not hold: copy what age-keygen -y KEYFILE prints");
    }
    return new Recipient(text);
  }

  /** {@code age1…}, as it was given. It is no secret. */
  public String text() {
    return text;
  }

  /**
   * What the artifact is called once it is encrypted.
   *
   * @throws IllegalArgumentException when there is no room for the ending
   */
  public ArtifactName nameOf(ArtifactName plain) {
    return plain.encrypted();
  }

  /**
   * Encrypts nothing to nowhere. Takes some ten milliseconds the first time in a JVM.
   *
   * @throws IOException when this Java can't encrypt to this recipient, saying why and the remedy
   */
  public void tryOut() throws IOException {
    encrypting(OutputStream.nullOutputStream()).close();
  }

  /**
   * A stream that encrypts into {@code to}, in pieces of 64 KiB: it holds one of them and its
   * encryption, and a flush changes nothing. Closing it ends the age file and closes {@code to}.
   * Where writing to {@code to} has failed, closing ends nothing, so that a file that is cut can't
   * be taken for whole. Interruption does not close it.
   *
   * @throws IOException when this Java can't encrypt to this recipient, or {@code to} fails; {@code
   *     to} is then still the caller's to close
   */
  public OutputStream encrypting(OutputStream to) throws IOException {
    try {
      return new AgeOutputStream(to, stanzas());
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "cannot encrypt to "
              + text
              + ": "
              + e.getMessage()
              + "; this needs X25519 and ChaCha20-Poly1305 of the Java image: add the module"
              + " jdk.crypto.ec where it lacks that",
          e);
    }
  }

  private synchronized RecipientStanzaWriter stanzas() throws GeneralSecurityException {
    RecipientStanzaWriter made = stanzas;
    if (made == null) {
      made = X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(text);
      stanzas = made;
    }
    return made;
  }

  @Override
  public String toString() {
    return text;
  }
}
