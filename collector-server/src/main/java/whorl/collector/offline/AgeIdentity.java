package whorl.collector.offline;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.Digest;

/**
 * The secret half of recipients that evidence is encrypted to: the lines of a file that {@code
 * age-keygen} writes. No message has any of it. Thread-safe.
 */
public final class AgeIdentity {
  private static final String PREFIX = "AGE-SECRET-KEY-1";
  private static final int FILE_MAX_BYTES = 64 << 10;
  private static final int KEYS_MAX = 64;

  private final Path file;
  private final List<RecipientStanzaReader> keys;

  private AgeIdentity(Path file, List<RecipientStanzaReader> keys) {
    this.file = file;
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads an identity file; lines that begin with {@code #} are comments.
   *
   * @throws IOException with the line's number and the remedy
   */
  public static AgeIdentity read(Path file) throws IOException {
    if (Files.size(file) > FILE_MAX_BYTES) {
      throw new IOException(file + " is too long for an identity file of age");
    }
    List<String> lines = Files.readAllLines(file);
    List<RecipientStanzaReader> keys = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (!line.startsWith(PREFIX) || keys.size() == KEYS_MAX) {
        throw new IOException(
            file
                + " line "
                + (i + 1)
                + " is no X25519 identity of age, AGE-SECRET-KEY-1…; age-keygen makes one");
      }
      keys.add(key(file, i + 1, line));
    }
    if (keys.isEmpty()) {
      throw new IOException(file + " has no identity of age; age-keygen makes one");
    }
    return new AgeIdentity(file, keys);
  }

  private static RecipientStanzaReader key(Path file, int line, String secret) throws IOException {
    try {
      return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secret);
    } catch (GeneralSecurityException | RuntimeException e) {
      // the message may have a part of the secret
      throw new IOException(file + " line " + line + " is mistyped: copy it again");
    }
  }

  /** It is not encrypted to this identity. */
  public static final class OtherRecipientException extends IOException {
    OtherRecipientException(String message) {
      super(message);
    }
  }

  /**
   * Decrypts a file.
   *
   * @return the digest of what was decrypted
   * @throws OtherRecipientException if it is encrypted to others
   * @throws IOException if it is no complete age file
   */
  public Digest decrypt(Path encrypted, Path plain) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    try (FileChannel in = FileChannel.open(encrypted, StandardOpenOption.READ);
        ReadableByteChannel decrypting = decrypting(in);
        InputStream from = Channels.newInputStream(decrypting);
        OutputStream out = Files.newOutputStream(plain);
        OutputStream digesting = new DigestOutputStream(out, sha256)) {
      from.transferTo(digesting);
    } catch (UnsupportedRecipientStanzaException e) {
      throw new OtherRecipientException(
          file + " is not the identity that it is encrypted to: give the recipient's own");
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException("it is no complete age file, or was changed", e);
    }
    return Digest.of(sha256);
  }

  private ReadableByteChannel decrypting(FileChannel in)
      throws GeneralSecurityException, IOException {
    return new StandardDecryptingChannelFactory().newDecryptingChannel(in, keys);
  }
}
