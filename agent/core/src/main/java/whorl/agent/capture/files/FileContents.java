package whorl.agent.capture.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.Reason;
import whorl.agent.capture.kernel.ProcFs;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * Writes file contents as {@code files/<sha256>}, each content once. Only regular files are read,
 * since opening a pipe could block for ever. Size is bounded per file and in total; files that are
 * too large are only hashed, while time remains.
 */
final class FileContents {
  static final int FILE_MAX_BYTES = 4 << 20;
  private static final long HASHED_MAX_BYTES = 512L << 20;

  /**
   * One file, a line of {@code files.ndjson}.
   *
   * @param why {@code created, changed, deleted-open, mapped-gone}; a JDK before 22 has no creation
   *     times, so created files count as changed. {@code isNamed} is a file older than the JVM that
   *     an alert or an event names; {@code looked-at} is such a file that was only read or checked
   *     for
   * @param sha256 of the content; null if it could not be read completely
   * @param kept true if the content is among the artifacts
   * @param reason why it is not, or a remark about it
   */
  record Line(
      String path,
      String why,
      @Nullable String sha256,
      @Nullable Long size,
      boolean kept,
      @Nullable String reason,
      @Nullable String mode,
      @Nullable Long inode,
      @Nullable Long uid,
      @Nullable Long gid,
      @Nullable Instant accessed,
      @Nullable Instant modified,
      @Nullable Instant changed,
      @Nullable Instant born) {}

  private final ProcFs proc;
  private final OpenFiles openFiles;
  private final ArtifactOutput out;
  private final long maxBytes;
  private long endNanos;
  private final LongSupplier nanoClock;
  private final Predicate<FoundFile> secret;
  private final Kept kept;
  private final List<Line> lines = new ArrayList<>();
  private final ContentBuffer content = new ContentBuffer();
  private final MessageDigest sha256 = Digest.newSha256();
  private long hashedBytes;

  /** What one capture has written so far, by its first source and by the later one. */
  static final class Kept {
    private final Set<String> digests = new HashSet<>();
    private long bytes;
  }

  /**
   * @param kept what is already written; this adds to it
   * @param maxBytes for all contents together
   * @param endNanos when to stop reading, by {@code nanoClock}
   * @param secret files whose content is never written, only hashed
   */
  FileContents(
      ProcFs proc,
      ArtifactOutput out,
      Kept kept,
      long maxBytes,
      long endNanos,
      LongSupplier nanoClock,
      Predicate<FoundFile> secret) {
    this.proc = proc;
    this.openFiles = OpenFiles.of(proc);
    this.out = out;
    this.kept = kept;
    this.maxBytes = maxBytes;
    this.endNanos = endNanos;
    this.nanoClock = nanoClock;
    this.secret = secret;
  }

  /** Returns the bytes that this capture has written. */
  long keptBytes() {
    return kept.bytes;
  }

  /** Sets when to stop reading. */
  void stopAt(long nanos) {
    endNanos = nanos;
  }

  List<Line> lines() {
    return lines;
  }

  /** Returns how many different contents were written, and their bytes. */
  String kept() {
    return kept.digests.size() + " contents, " + kept.bytes + " bytes";
  }

  /** Writes the content, or records why not. */
  void add(FoundFile foundFile) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    FileState state = foundFile.state();
    Path source = foundFile.open();
    String refusal =
        state == null
            ? null
            : openFiles.refusal(state, foundFile.why() == FoundFile.Why.DELETED_OPEN);
    if (nanoClock.getAsLong() - endNanos > 0) {
      note(foundFile, null, false, "no time left to read it");
    } else if ((state == null || source == null) && isNamed(foundFile)) {
      note(foundFile, null, false, "it is not there any more, or cannot be reached");
    } else if (state == null || source == null) {
      addFromMemory(foundFile);
    } else if (!state.regular()) {
      note(foundFile, null, false, "no regular file");
    } else if (refusal != null) {
      note(foundFile, null, false, refusal);
    } else if (secret.test(foundFile)) {
      hash(foundFile, source, "its content is secret");
    } else if (foundFile.why() == FoundFile.Why.LOOKED_AT) {
      hash(
          foundFile,
          source,
          "it was only read or looked for, and has not changed since the JVM began");
    } else if (state.size() > FILE_MAX_BYTES) {
      hash(foundFile, source, "larger than " + FILE_MAX_BYTES + " bytes");
    } else if (state.size() > maxBytes - kept.bytes) {
      hash(foundFile, source, "no room after what was kept before it");
    } else {
      keep(foundFile, source);
    }
  }

  private void keep(FoundFile foundFile, Path source) throws IOException {
    boolean whole;
    try (InputStream in = open(foundFile, source)) {
      whole = content.read(in, FILE_MAX_BYTES);
    } catch (IOException | SecurityException unreadable) {
      note(foundFile, null, false, "cannot be read: " + unreadable);
      return;
    }
    if (!whole || content.length() > maxBytes - kept.bytes) {
      note(foundFile, null, false, "it grew while it was read");
      return;
    }
    note(foundFile, write(), true, null);
  }

  private void addFromMemory(FoundFile foundFile) throws IOException {
    int max = (int) Math.min(FILE_MAX_BYTES, Math.max(0, maxBytes - kept.bytes));
    try (InputStream image =
        new ByteArrayInputStream(MappedImage.read(proc, foundFile.name(), max))) {
      content.read(image, max);
    } catch (IOException | RuntimeException unreadable) {
      note(foundFile, null, false, "cannot be had: " + Reason.of(unreadable));
      return;
    }
    note(foundFile, write(), true, "from memory: private mappings as the process changed them");
  }

  /** Writes the buffer's content and returns its digest. */
  private String write() throws IOException {
    sha256.reset();
    content.addTo(sha256);
    Digest digest = Digest.of(sha256);
    if (kept.digests.add(digest.hex())) {
      try (OutputStream file =
          out.create(new ArtifactName("files/" + digest.hex()), "application/octet-stream")) {
        content.writeTo(file);
      }
      kept.bytes += content.length();
    }
    return digest.hex();
  }

  private void hash(FoundFile foundFile, Path source, String reason) {
    sha256.reset();
    try (InputStream in = open(foundFile, source)) {
      while (content.readNext(in)) {
        content.addTo(sha256);
        hashedBytes += content.length();
        if (hashedBytes > HASHED_MAX_BYTES || nanoClock.getAsLong() - endNanos > 0) {
          note(foundFile, null, false, reason + "; no time left to hash it");
          return;
        }
      }
      note(foundFile, Digest.of(sha256).hex(), false, reason);
    } catch (IOException | SecurityException unreadable) {
      note(foundFile, null, false, reason + "; cannot be read: " + unreadable);
    }
  }

  /** Links are not followed, except those that the kernel makes. */
  private static InputStream open(FoundFile foundFile, Path source) throws IOException {
    boolean byName =
        foundFile.why() == FoundFile.Why.CREATED
            || foundFile.why() == FoundFile.Why.CHANGED
            || isNamed(foundFile);
    // Somebody may have put a pipe in its place since, and opening one waits for a writer.
    if (!FileState.read(source, !byName).regular()) {
      throw new IOException("it is no regular file any more");
    }
    OpenOption[] options =
        byName ? new OpenOption[] {LinkOption.NOFOLLOW_LINKS} : new OpenOption[0];
    return Files.newInputStream(source, options);
  }

  private static boolean isNamed(FoundFile foundFile) {
    return foundFile.why() == FoundFile.Why.NAMED || foundFile.why() == FoundFile.Why.LOOKED_AT;
  }

  private void note(
      FoundFile foundFile, @Nullable String sha256, boolean kept, @Nullable String reason) {
    FileState state = foundFile.state();
    lines.add(
        state == null
            ? new Line(
                foundFile.name(),
                foundFile.why().word(),
                sha256,
                null,
                kept,
                reason,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null)
            : new Line(
                foundFile.name(),
                foundFile.why().word(),
                sha256,
                state.size(),
                kept,
                reason,
                state.modeText(),
                state.inode(),
                state.uid(),
                state.gid(),
                state.accessed(),
                state.modified(),
                state.changed(),
                state.born()));
  }
}
