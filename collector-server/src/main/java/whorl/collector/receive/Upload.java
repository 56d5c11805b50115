package whorl.collector.receive;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ByteSource;
import whorl.collector.store.Disk;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * One artifact on its way. Its files, whose names begin with the id that we gave it, are the truth:
 *
 * <pre>
 * &lt;id&gt;.json        {@link Header}: what it is
 * &lt;id&gt;.part        the bytes so far; or, once all are there and on the medium,
 * &lt;id&gt;.&lt;sha-256&gt;   the content under its own digest
 * </pre>
 *
 * They lie beside those of all others: a folder for each would take longer to make than a small
 * artifact to write.
 *
 * <p>A chunk whose checksum does not match leaves nothing. After a crash the length of {@code part}
 * is the offset; were its end not what the agent sent, the whole artifact's digest would tell.
 *
 * <p>Whoever changes an upload holds its {@link #lock}; offset, length and digest may be read by
 * any thread.
 */
final class Upload {
  private static final String HEADER = ".json";
  private static final String PART = ".part";
  private static final int HEADER_MAX_BYTES = 16 << 10;
  private static final int BUFFER_BYTES = 128 << 10;
  private static final long UNKNOWN = -1;

  private final String id;
  private final Path folder;
  private final Disk disk;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Header header;
  private volatile long offset;
  private volatile @Nullable Digest sha256;
  private volatile boolean gone;
  private volatile String address = "";
  private @Nullable MessageDigest running;

  private Upload(String id, Path folder, Disk disk, Header header) {
    this.id = id;
    this.folder = folder;
    this.disk = disk;
    this.header = header;
  }

  /**
   * {@code <id>.json}.
   *
   * @param length of the whole artifact; null until the agent knows
   * @param streamed sent while it is made: the agent did not know the length when it began
   * @param aside it came whole, and is not what the manifest lists under its name
   */
  record Header(
      UploadMetadata metadata,
      Instant createdAt,
      @Nullable Long length,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean streamed,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean aside) {}

  static Upload create(
      String id,
      Path folder,
      Disk disk,
      UploadMetadata metadata,
      @Nullable Long length,
      Instant now)
      throws IOException {
    Upload upload =
        new Upload(id, folder, disk, new Header(metadata, now, length, length == null, false));
    // Not forced: should it be lost with the power, the agent creates the upload once more.
    try (FileChannel file = disk.open(upload.file(HEADER))) {
      disk.write(file, ByteBuffer.wrap(Json.bytes(upload.header)), 0);
    }
    if (length != null && length == 0) {
      upload.complete();
    }
    return upload;
  }

  /**
   * An upload of an earlier run; null where its files do not say what it is.
   *
   * @param files all that belong to this id
   */
  static @Nullable Upload load(String id, Path folder, List<Path> files, Disk disk)
      throws IOException {
    Header header = readHeader(folder.resolve(id + HEADER));
    if (header == null) {
      return null;
    }
    Upload upload = new Upload(id, folder, disk, header);
    for (Path file : files) {
      upload.found(file);
    }
    return upload;
  }

  /** The id in the name of one of an upload's files. */
  static String idOf(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static @Nullable Header readHeader(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > HEADER_MAX_BYTES) {
      return null;
    }
    try {
      Header header = Json.MAPPER.readValue(Files.readAllBytes(file), Header.class);
      return header == null || header.metadata() == null || header.createdAt() == null
          ? null
          : header;
    } catch (JacksonException notOurs) {
      return null;
    }
  }

  private void found(Path file) throws IOException {
    String suffix = String.valueOf(file.getFileName()).substring(id.length());
    if (suffix.equals(PART)) {
      offset = Files.size(file);
    } else if (suffix.endsWith(Disk.TEMPORARY)) {
      disk.delete(file);
    } else if (!suffix.equals(HEADER)) {
      sha256 = new Digest(suffix.substring(1));
      offset = Files.size(file);
    }
  }

  String id() {
    return id;
  }

  UploadMetadata metadata() {
    return header.metadata();
  }

  Instant createdAt() {
    return header.createdAt();
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Bytes that are here. */
  long offset() {
    return offset;
  }

  /** Bytes of the whole artifact, or -1 while nobody knows. */
  long length() {
    Long length = header.length();
    return length == null ? UNKNOWN : length;
  }

  /** Whether it is sent while it is made. */
  boolean streamed() {
    return header.streamed();
  }

  /** The whole artifact's digest; null until all of it is here and durable. */
  @Nullable Digest sha256() {
    return sha256;
  }

  /** Where the bytes lie. */
  Path content() {
    Digest complete = sha256;
    return file(complete == null ? PART : "." + complete.hex());
  }

  /** The last moment at which its files tell that somebody was at it. */
  Instant touchedAt() throws IOException {
    Path latest = Files.exists(content()) ? content() : file(HEADER);
    return Files.getLastModifiedTime(latest).toInstant();
  }

  private Path file(String suffix) {
    return folder.resolve(id + suffix);
  }

  boolean gone() {
    return gone;
  }

  /** Says that its files are no more, to whoever still holds this. */
  void leave() {
    gone = true;
  }

  /** The header goes first: bytes of which nobody knows what they are go at the next start. */
  void delete() throws IOException {
    disk.delete(file(HEADER));
    disk.delete(content());
  }

  void setLength(long length) throws IOException {
    change(
        new Header(
            header.metadata(), header.createdAt(), length, header.streamed(), header.aside()));
  }

  /** Where it comes from; not kept over a restart. */
  void from(String remoteAddress) {
    address = remoteAddress;
  }

  String address() {
    return address;
  }

  /** Keeps it for the evidence, yet leaves its name to another upload. */
  void setAside() throws IOException {
    change(new Header(header.metadata(), header.createdAt(), offset, header.streamed(), true));
  }

  boolean isAside() {
    return header.aside();
  }

  private void change(Header changed) throws IOException {
    disk.replace(folder, id + HEADER, Json.bytes(changed));
    header = changed;
  }

  /** What became of one chunk. */
  enum Outcome {
    KEPT,
    /** All that came was kept, but the sender broke off. */
    BROKEN_OFF,
    /** The checksum says that these are not the bytes that were sent; nothing was kept. */
    MISMATCH,
    /** There was more than may be; nothing was kept. */
    TOO_LONG
  }

  /**
   * Adds one chunk.
   *
   * @param endMax the offset which the chunk must not pass
   * @throws IOException when the disk fails; what it could not take is not counted in the offset
   */
  Outcome append(ByteSource body, @Nullable Checksum checksum, long endMax) throws IOException {
    long start = offset;
    long at = start;
    MessageDigest before = running(start);
    MessageDigest after = copy(before);
    // Of a chunk that is the artifact's first, the artifact's digest so far is the chunk's as well.
    boolean first = start == 0 && checksum != null && checksum.is(after.getAlgorithm());
    Outcome outcome = Outcome.KEPT;
    try (FileChannel file = disk.open(file(PART))) {
      if (file.size() > start) {
        disk.truncate(file, start);
      }
      Reading reading = new Reading(body);
      for (ByteBuffer piece = reading.next(); piece != null; piece = reading.next()) {
        int length = piece.remaining();
        if (at + length > endMax) {
          outcome = Outcome.TOO_LONG;
          break;
        }
        // Digests wait for the processor and not for memory, which the copy after them then need
        // not.
        after.update(piece.duplicate());
        if (checksum != null && !first) {
          checksum.update(piece.duplicate());
        }
        disk.write(file, piece, at);
        at += length;
      }
      if (outcome == Outcome.KEPT && reading.broken) {
        outcome = checksum == null ? Outcome.BROKEN_OFF : Outcome.MISMATCH;
      } else if (outcome == Outcome.KEPT && checksum != null) {
        boolean matches = first ? checksum.matches(copy(after)) : checksum.matches();
        outcome = matches ? Outcome.KEPT : Outcome.MISMATCH;
      }
      boolean keep = outcome == Outcome.KEPT || outcome == Outcome.BROKEN_OFF;
      if (!keep) {
        disk.truncate(file, start);
      }
      running = keep ? after : before;
      offset = keep ? at : start;
    } catch (IOException e) {
      running = null;
      throw e;
    }
    return outcome;
  }

  /** Tells the sender's failures, which end the body, from the disk's, which are thrown. */
  private static final class Reading {
    private final ByteSource body;
    private boolean broken;

    Reading(ByteSource body) {
      this.body = body;
    }

    @Nullable ByteBuffer next() {
      try {
        return body.next();
      } catch (IOException senderGone) {
        broken = true;
        return null;
      }
    }
  }

  /**
   * All bytes are here: puts them on the medium and under their digest. The folder is not forced,
   * once for each of thousands of small artifacts: until the seal, which forces what it refers to,
   * the agent keeps them too.
   */
  Digest complete() throws IOException {
    Path part = file(PART);
    Digest digest;
    try (FileChannel file = disk.open(part)) {
      disk.truncate(file, offset);
      disk.force(file);
      digest = Digest.of(running(offset));
    }
    running = null;
    disk.move(part, file("." + digest.hex()));
    sha256 = digest;
    return digest;
  }

  /** The digest of the first {@code upTo} bytes; after a restart they are read again for it. */
  private MessageDigest running(long upTo) throws IOException {
    MessageDigest known = running;
    if (known != null) {
      return known;
    }
    MessageDigest sha256 = Digest.newSha256();
    if (upTo > 0) {
      try (InputStream in = Files.newInputStream(file(PART))) {
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = upTo;
        while (left > 0) {
          int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (read < 0) {
            throw new IOException("upload " + id + " is shorter than its offset");
          }
          sha256.update(buffer, 0, read);
          left -= read;
        }
      }
    }
    running = sha256;
    return sha256;
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java platform's SHA-256 can't be copied", e);
    }
  }
}
