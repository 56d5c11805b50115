package whorl.collector.receive.local;

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
import whorl.collector.http.request.ByteSource;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * One artifact on its way. Its files are authoritative, and their names begin with the id that the
 * collector chose:
 *
 * <pre>
 * &lt;id&gt;.json        {@link Header}: the metadata
 * &lt;id&gt;.part        the bytes so far; or, once all are here and on the medium,
 * &lt;id&gt;.&lt;sha-256&gt;   the content under its own digest
 * </pre>
 *
 * All uploads share one folder: to create a folder takes longer than to write a small artifact.
 *
 * <p>A chunk whose checksum does not match leaves nothing. After a crash the length of {@code part}
 * is the offset; if the end of that file is not what the agent sent, the digest of the whole
 * artifact will differ.
 *
 * <p>A thread that changes an upload holds its lock; any thread may read offset, length and digest.
 */
final class LocalUpload implements Upload {
  private static final String HEADER = ".json";
  private static final String PART = ".part";
  private static final int HEADER_MAX_BYTES = 16 << 10;
  private static final int BUFFER_BYTES = 128 << 10;

  private final String id;
  private final Path folder;
  private final Disk disk;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Header header;
  private volatile long offset;
  private volatile @Nullable Digest sha256;
  private volatile boolean gone;
  private volatile String address = "";
  private @Nullable MessageDigest runningDigest;

  private LocalUpload(String id, Path folder, Disk disk, Header header) {
    this.id = id;
    this.folder = folder;
    this.disk = disk;
    this.header = header;
  }

  /**
   * The content of {@code <id>.json}.
   *
   * @param length of the whole artifact; null until the agent knows it
   * @param streamed true if the artifact is sent while it is made: the agent did not know the
   *     length when it began
   * @param aside true if the upload is complete, but differs from what the manifest lists under its
   *     name
   */
  record Header(
      UploadMetadata metadata,
      Instant createdAt,
      @Nullable Long length,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean streamed,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean aside) {}

  static LocalUpload create(
      String id,
      Path folder,
      Disk disk,
      UploadMetadata metadata,
      @Nullable Long length,
      Instant now)
      throws IOException {
    LocalUpload upload =
        new LocalUpload(id, folder, disk, new Header(metadata, now, length, length == null, false));
    // Not forced: if a power loss destroys it, the agent creates the upload again.
    try (FileChannel file = disk.open(upload.file(HEADER))) {
      disk.write(file, ByteBuffer.wrap(Json.bytes(upload.header)), 0);
    }
    if (length != null && length == 0) {
      upload.complete();
    }
    return upload;
  }

  /**
   * Loads an upload of an earlier run; null if its header is missing or invalid.
   *
   * @param files all files of this id
   */
  static @Nullable LocalUpload load(String id, Path folder, List<Path> files, Disk disk)
      throws IOException {
    Header header = readHeader(folder.resolve(id + HEADER));
    if (header == null) {
      return null;
    }
    LocalUpload upload = new LocalUpload(id, folder, disk, header);
    for (Path file : files) {
      upload.loadFile(file);
    }
    return upload;
  }

  /** The upload's id, from the name of one of its files. */
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

  private void loadFile(Path file) throws IOException {
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

  @Override
  public String id() {
    return id;
  }

  @Override
  public UploadMetadata metadata() {
    return header.metadata();
  }

  Instant createdAt() {
    return header.createdAt();
  }

  boolean tryLock() {
    return lock.tryLock();
  }

  @Override
  public void unlock() {
    if (lock.isHeldByCurrentThread()) {
      lock.unlock();
    }
  }

  /** The number of bytes received. */
  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long length() {
    Long length = header.length();
    return length == null ? UNKNOWN : length;
  }

  /** True if the artifact is sent while it is made. */
  boolean streamed() {
    return header.streamed();
  }

  @Override
  public @Nullable Digest sha256() {
    return sha256;
  }

  @Override
  public byte[] content() throws IOException {
    if (sha256 == null) {
      throw new IOException("upload " + id + " is not complete");
    }
    return Files.readAllBytes(contentFile());
  }

  /** The file with the bytes. */
  Path contentFile() {
    Digest complete = sha256;
    return file(complete == null ? PART : "." + complete.hex());
  }

  /** The last time at which one of its files was written. */
  Instant touchedAt() throws IOException {
    Path latest = Files.exists(contentFile()) ? contentFile() : file(HEADER);
    return Files.getLastModifiedTime(latest).toInstant();
  }

  private Path file(String suffix) {
    return folder.resolve(id + suffix);
  }

  boolean gone() {
    return gone;
  }

  /** Marks the upload as removed, for threads that still hold it. */
  void markGone() {
    gone = true;
  }

  /** Deletes the header first: the next start removes content without a header. */
  void delete() throws IOException {
    disk.delete(file(HEADER));
    disk.delete(contentFile());
  }

  @Override
  public void setLength(long length) throws IOException {
    change(
        new Header(
            header.metadata(), header.createdAt(), length, header.streamed(), header.aside()));
  }

  /** Sets the network that the upload comes from. It is not kept across a restart. */
  void setAddress(String remoteAddress) {
    address = remoteAddress;
  }

  String address() {
    return address;
  }

  /** Keeps the upload for the evidence, but frees its name for another upload. */
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

  @Override
  public Outcome append(ByteSource body, @Nullable Checksum checksum, long endMax)
      throws IOException {
    long start = offset;
    long at = start;
    MessageDigest before = runningDigest(start);
    MessageDigest after = copy(before);
    // For the artifact's first chunk, the digest of the artifact so far is also the chunk's
    // digest.
    boolean first = start == 0 && checksum != null && checksum.is(after.getAlgorithm());
    Outcome outcome = Outcome.KEPT;
    try (FileChannel file = disk.open(file(PART))) {
      if (file.size() > start) {
        disk.truncate(file, start);
      }
      ChunkReader reader = new ChunkReader(body);
      for (ByteBuffer piece = reader.next(); piece != null; piece = reader.next()) {
        int length = piece.remaining();
        if (at + length > endMax) {
          outcome = Outcome.TOO_LONG;
          break;
        }
        // Digest before the copy: digests are bound by the processor, and the copy then finds the
        // data in the cache.
        after.update(piece.duplicate());
        if (checksum != null && !first) {
          checksum.update(piece.duplicate());
        }
        disk.write(file, piece, at);
        at += length;
      }
      if (outcome == Outcome.KEPT && reader.broken) {
        outcome = checksum == null ? Outcome.BROKEN_OFF : Outcome.MISMATCH;
      } else if (outcome == Outcome.KEPT && checksum != null) {
        boolean matches = first ? checksum.matches(copy(after)) : checksum.matches();
        outcome = matches ? Outcome.KEPT : Outcome.MISMATCH;
      }
      boolean keep = outcome == Outcome.KEPT || outcome == Outcome.BROKEN_OFF;
      if (!keep) {
        disk.truncate(file, start);
      }
      runningDigest = keep ? after : before;
      offset = keep ? at : start;
    } catch (IOException e) {
      runningDigest = null;
      throw e;
    }
    return outcome;
  }

  /**
   * Separates the sender's failures, which end the body, from the disk's failures, which are
   * thrown.
   */
  private static final class ChunkReader {
    private final ByteSource body;
    private boolean broken;

    ChunkReader(ByteSource body) {
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
   * Makes the complete content durable and renames it to its digest. The folder is not forced for
   * each of thousands of small artifacts: the agent keeps them until the seal, and the seal forces
   * everything that it refers to.
   */
  Digest complete() throws IOException {
    Path part = file(PART);
    Digest digest;
    try (FileChannel file = disk.open(part)) {
      disk.truncate(file, offset);
      disk.force(file);
      digest = Digest.of(runningDigest(offset));
    }
    runningDigest = null;
    disk.move(part, file("." + digest.hex()));
    sha256 = digest;
    return digest;
  }

  /** The digest of the first {@code upTo} bytes; after a restart they are read again. */
  private MessageDigest runningDigest(long upTo) throws IOException {
    MessageDigest digest = runningDigest;
    if (digest != null) {
      return digest;
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
    runningDigest = sha256;
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
