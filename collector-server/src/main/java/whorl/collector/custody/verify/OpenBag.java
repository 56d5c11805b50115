package whorl.collector.custody.verify;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * The content of a bag, a zip or its unpacked folder, for a caller that has verified it with {@link
 * OfflineVerifier}. Nothing here is trusted: names are compared and never used as paths, and no
 * more is read than the record says. Used by one thread.
 */
public final class OpenBag implements AutoCloseable {
  private static final int TAG_FILE_MAX_BYTES = 32 << 20;

  private final Bundle bag;
  private final @Nullable ZipFile zip;
  private final EvidenceRecord record;

  private OpenBag(Bundle bag, @Nullable ZipFile zip) throws IOException {
    this.bag = bag;
    this.zip = zip;
    byte[] json = bag.read(BagLayout.RECORD, TAG_FILE_MAX_BYTES);
    if (json == null) {
      throw new NoSuchFileException(BagLayout.RECORD, null, "the bag has no record of evidence");
    }
    this.record = EvidenceRecord.parse(json);
  }

  /**
   * Opens a bag.
   *
   * @throws IOException if it is none, or has no readable record
   */
  public static OpenBag open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      if (!Files.exists(path.resolve(BagLayout.DECLARATION))) {
        throw new IOException(path + " is no bag (no " + BagLayout.DECLARATION + " in it)");
      }
      return new OpenBag(new FolderBundle(path), null);
    }
    ZipFile zip;
    try {
      zip = ZipBundle.open(path);
    } catch (ZipException e) {
      throw new IOException(path + " is no bag: " + e.getMessage(), e);
    }
    try {
      ZipBundle whole = new ZipBundle(zip);
      String prefix = prefix(whole);
      if (prefix == null) {
        throw new IOException(path + " is a zip, but holds no bag (no bagit.txt in it)");
      }
      return new OpenBag(new SubBundle(whole, prefix), zip);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /**
   * The bags at a path: itself, or those in a folder, sorted by name.
   *
   * @param limit the most that a folder may have
   * @throws IOException if there is none, or there are more
   */
  public static List<Path> at(Path path, int limit) throws IOException {
    if (!Files.isDirectory(path) || Files.exists(path.resolve(BagLayout.DECLARATION))) {
      return List.of(path);
    }
    Set<Path> bags = new TreeSet<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        boolean isBag =
            Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
                ? Files.exists(child.resolve(BagLayout.DECLARATION))
                : child.toString().endsWith(".zip");
        if (isBag) {
          bags.add(child);
        }
        if (bags.size() > limit) {
          throw new IOException(path + " holds more than " + limit + " bags");
        }
      }
    }
    if (bags.isEmpty()) {
      throw new IOException(path + " holds no bag, neither a zip nor a folder with bagit.txt");
    }
    return List.copyOf(bags);
  }

  /** The prefix of the bag in the zip: the single folder that RFC 8493 requires, or nothing. */
  static @Nullable String prefix(Bundle zip) {
    Set<String> bases = new TreeSet<>();
    for (String name : zip.names()) {
      if (name.equals(BagLayout.DECLARATION) || name.endsWith("/" + BagLayout.DECLARATION)) {
        String base = name.substring(0, name.length() - BagLayout.DECLARATION.length());
        if (base.indexOf('/') == base.length() - 1) {
          bases.add(base);
        }
      }
    }
    return bases.size() == 1 ? bases.iterator().next() : null;
  }

  /** The collector's record. */
  public EvidenceRecord record() {
    return record;
  }

  /**
   * The entries of the custody log about this evidence, oldest first, without those that are newer
   * than its checkpoint, because anybody can add such entries; empty if there are none.
   */
  public List<byte[]> custody() throws IOException {
    byte[] content = bag.read(BagLayout.CUSTODY, TAG_FILE_MAX_BYTES);
    List<byte[]> lines = content == null ? List.of() : Bundle.lines(content);
    byte[] proofs = bag.read(BagLayout.PROOFS, TAG_FILE_MAX_BYTES);
    int proven = proofs == null ? Integer.MAX_VALUE : provenLines(new ByteArrayInputStream(proofs));
    return List.copyOf(lines.subList(0, Math.min(lines.size(), proven)));
  }

  /**
   * The number of the first lines of custody that have proofs; the verification checks them. They
   * are only counted here: the proofs of thousands of lines take a hundred megabytes.
   *
   * @param proofs {@link BagLayout#PROOFS}, which a bag of a collector of an earlier version lacks
   */
  static int provenLines(InputStream proofs) throws IOException {
    int lines = 0;
    try (JsonParser json = Json.LENIENT.createParser(proofs)) {
      json.nextToken();
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        boolean isInclusion = field.equals("inclusion");
        if (json.nextToken() == JsonToken.START_ARRAY && isInclusion) {
          for (lines = 0; json.nextToken() == JsonToken.START_OBJECT; lines++) {
            json.skipChildren();
          }
        } else {
          json.skipChildren();
        }
      }
      return lines;
    } catch (JacksonException damaged) {
      return 0;
    }
  }

  /**
   * A file that describes the evidence, such as {@link BagLayout#CHECKPOINT}; null if the bag does
   * not have it, or it is too long.
   */
  public byte @Nullable [] tagFile(String name) throws IOException {
    return bag.read(name, TAG_FILE_MAX_BYTES);
  }

  /** The bytes of all files together, unpacked: none can be read beyond its part of this. */
  public long unpackedBytes() throws IOException {
    long bytes = 0;
    for (String name : bag.names()) {
      bytes += bag.size(name);
      if (bytes < 0) {
        throw new IOException("the bag names more bytes than there can be");
      }
    }
    return bytes;
  }

  /**
   * Copies an artifact.
   *
   * @return the digest of what was copied
   * @throws NoSuchFileException if the bag does not have it
   * @throws IOException also if it is longer than the record says
   */
  public Digest copy(StoredArtifact artifact, OutputStream out) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    String name = BagLayout.PAYLOAD + artifact.name();
    if (!bag.names().contains(name)) {
      throw new NoSuchFileException(name);
    }
    try (InputStream in = bag.open(name)) {
      DigestOutputStream to = new DigestOutputStream(out, sha256);
      byte[] buffer = new byte[1 << 16];
      long left = artifact.size();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (read > left) {
          throw new IOException(name + " is longer than evidence.json says");
        }
        to.write(buffer, 0, read);
        left -= read;
      }
    }
    return Digest.of(sha256);
  }

  @Override
  public void close() throws IOException {
    if (zip != null) {
      zip.close();
    }
  }
}
