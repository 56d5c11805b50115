package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Modes;

/** The key that signs the custody log's checkpoints, in a file. */
public final class LogKey {
  private static final Logger LOG = LoggerFactory.getLogger(LogKey.class);
  private static final int NAME_BYTES = 8;
  private static final int MAX_BYTES = 4096;

  private LogKey() {}

  /** Reads the key in the data folder; makes one at the first start. */
  public static SignerKey open(DataFolder folder, Disk disk) throws IOException {
    try {
      return read(folder.logKey());
    } catch (NoSuchFileException none) {
      SecureRandom random = new SecureRandom();
      SignerKey key = make(random);
      disk.createFolders(folder.custody());
      String name = String.valueOf(folder.logKey().getFileName());
      disk.replace(folder.custody(), name, (key.text() + "\n").getBytes(StandardCharsets.US_ASCII));
      LOG.info("made the key of the custody log: {}", key.verifier());
      return key;
    }
  }

  /**
   * Makes a key for collectors that share a log.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  public static SignerKey create(Path file) throws IOException {
    SignerKey key = make(new SecureRandom());
    Files.createFile(file, Modes.file());
    Files.writeString(file, key.text() + "\n", StandardCharsets.US_ASCII);
    return key;
  }

  /** A new key, with a name that no other log has. */
  public static SignerKey make(SecureRandom random) {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return SignerKey.make("whorl-custody/" + HexFormat.of().formatHex(name), random);
  }

  /**
   * Reads a key that collectors share.
   *
   * @throws NoSuchFileException if there is no such file
   */
  public static SignerKey read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is no key of a custody log: it is too long");
    }
    try {
      return SignerKey.parse(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file + " is " + e.getMessage() + "; restore it from a backup (custody/log.key)", e);
    }
  }
}
