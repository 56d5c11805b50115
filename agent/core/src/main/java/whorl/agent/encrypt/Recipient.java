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
 * The key that artifacts are encrypted to: the public half of an X25519 key pair as {@code
 * age-keygen} prints it, {@code age1} and 58 characters of Bech32. The output is
 * age-encryption.org/v1, specified by <a href="https://c2sp.org/age">C2SP</a>. Only the holder of
 * the secret half can read it; this process cannot, once a stream is closed. Thread-safe; each
 * stream is for one thread.
 */
public final class Recipient {
  /** The media type of an age file. None is registered; file type detectors use this one. */
  public static final String MEDIA_TYPE = "application/x-age-encryption";

  private static final String PREFIX = "age1";
  private static final String SECRET_PREFIX = "AGE-SECRET-KEY-";
  private static final int TEXT_CHARS = 62;

  private final String text;

  /** Made at first use, since it needs cryptography. Guarded by this. */
  private @Nullable RecipientStanzaWriter stanzas;

  private Recipient(String text) {
    this.text = text;
  }

  /**
   * Parses a recipient. Checks only the text and its checksum; {@link #tryOut} checks whether this
   * Java can encrypt to it.
   *
   * @throws IllegalArgumentException with the error, without repeating the text, which may be a
   *     secret used by mistake
   */
  public static Recipient of(String text) {
    if (text.toUpperCase(Locale.ROOT).contains(SECRET_PREFIX)) {
      throw new IllegalArgumentException(
          "this is a secret key, and anyone who reads it here can decrypt: make another, and give"
              + " the public key, age1…, that age-keygen prints");
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
    if (text.lastIndexOf('1') != PREFIX.length() - 1 || !Bech32Checksum.isValid(text)) {
      throw new IllegalArgumentException(
          "mistyped, for its checksum does not hold: copy what age-keygen -y KEYFILE prints");
    }
    return new Recipient(text);
  }

  /** {@code age1…}, as configured. It is not a secret. */
  public String text() {
    return text;
  }

  /**
   * Returns the name of the encrypted artifact.
   *
   * @throws IllegalArgumentException if the name is too long for the suffix
   */
  public ArtifactName nameOf(ArtifactName plain) {
    return plain.encrypted();
  }

  /**
   * Encrypts nothing to a null stream. Takes some ten milliseconds the first time in a JVM.
   *
   * @throws IOException with cause and remedy if this Java cannot encrypt to this recipient
   */
  public void tryOut() throws IOException {
    encrypting(OutputStream.nullOutputStream()).close();
  }

  /**
   * Returns a stream that encrypts into {@code to}, in pieces of 64 KiB. It holds one piece and its
   * encryption; a flush does nothing. Closing it ends the age file and closes {@code to}. If
   * writing to {@code to} has failed, closing does not end the file, so that a truncated file is
   * not valid. An interrupt does not close it.
   *
   * @throws IOException if this Java cannot encrypt to this recipient, or {@code to} fails; the
   *     caller must then close {@code to}
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
