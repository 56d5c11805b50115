package whorl.collector.cli.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Digest;

/**
 * Downloads one file: into a temporary file in the same folder, forced to disk, then moved. A
 * broken connection is resumed at its last byte; the download fails after five attempts in a row
 * that receive nothing. An existing file is never overwritten.
 */
final class Download {
  private static final int EMPTY_ATTEMPTS_MAX = 5;

  /** What stays free on the disk, whatever a collector sends. */
  private static final long RESERVE_BYTES = 256L << 20;

  /** A download of less is no danger to a small disk. */
  private static final long BYTES_BETWEEN_CHECKS = 16L << 20;

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-.*");

  /**
   * What is known about the file in advance.
   *
   * @param size in bytes, or -1
   */
  record Expected(long size, @Nullable Digest sha256) {
    static final Expected NOTHING = new Expected(-1, null);
  }

  private final Transport transport;
  private final String pathAndQuery;
  private final Expected expected;
  private final CommandContext.Pace pace;
  private final LongConsumer progress;
  private final ToLongFunction<Path> freeBytes;
  private final MessageDigest sha256 = Digest.newSha256();
  private @Nullable String etag;
  private long rowsLeftOut;
  private long size;
  private long nextCheck = BYTES_BETWEEN_CHECKS;

  /**
   * @param progress receives the number of bytes so far
   */
  Download(
      Transport transport,
      String pathAndQuery,
      Expected expected,
      CommandContext.Pace pace,
      LongConsumer progress) {
    this(
        transport,
        pathAndQuery,
        expected,
        pace,
        progress,
        folder -> folder.toFile().getUsableSpace());
  }

  /**
   * @param freeBytes the room on the disk of a folder
   */
  Download(
      Transport transport,
      String pathAndQuery,
      Expected expected,
      CommandContext.Pace pace,
      LongConsumer progress,
      ToLongFunction<Path> freeBytes) {
    this.freeBytes = freeBytes;
    this.transport = transport;
    this.pathAndQuery = pathAndQuery;
    this.expected = expected;
    this.pace = pace;
    this.progress = progress;
  }

  /**
   * Downloads the file.
   *
   * @return its digest
   * @throws CliException with {@link ExitStatus#VERIFICATION_FAILED} if size or digest are wrong;
   *     nothing is kept then
   */
  Digest to(Path target) {
    Path folder = Objects.requireNonNullElse(target.toAbsolutePath().getParent(), target);
    try {
      if (Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, ".whorl-", ".part");
      try {
        receive(temporary, folder);
        Digest digest = check();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        return digest;
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (FileAlreadyExistsException e) {
      throw CliException.failed(target + " is there already", "move it away, or choose --out");
    } catch (IOException e) {
      throw CliException.failed("cannot write " + target + ": " + Problems.text(e), null);
    }
  }

  /** How many rows an export leaves out, because others say the same. */
  long rowsLeftOut() {
    return rowsLeftOut;
  }

  /** The same by its header; 0 if it has none, or one that is no number. */
  static long rowsLeftOut(HttpHeaders headers) {
    return headers
        .firstValue("Whorl-Left-Out")
        .filter(value -> value.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(0L);
  }

  private void receive(Path temporary, Path folder) throws IOException {
    try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      int emptyAttempts = 0;
      while (true) {
        long before = size;
        try {
          transport.download(request(), info -> open(file, folder, info));
          file.force(true);
          return;
        } catch (UnreachableException broken) {
          emptyAttempts = size > before ? 0 : emptyAttempts + 1;
          if (emptyAttempts == EMPTY_ATTEMPTS_MAX) {
            throw broken;
          }
          CommandContext.pause(pace.retry().multipliedBy(1L << emptyAttempts));
        }
      }
    }
  }

  private HttpRequest request() {
    HttpRequest.Builder request = transport.request(pathAndQuery);
    String knownEtag = etag;
    if (size > 0 && knownEtag != null) {
      request.header("Range", "bytes=" + size + "-").header("If-Range", knownEtag);
    }
    return request.build();
  }

  private SinkBody.Sink open(FileChannel file, Path folder, HttpResponse.ResponseInfo info)
      throws IOException {
    rowsLeftOut = rowsLeftOut(info.headers());
    etag = info.headers().firstValue("ETag").filter(tag -> tag.startsWith("\"")).orElse(null);
    if (info.statusCode() != 206) {
      startAgain(file);
    } else if (!continues(info.headers().firstValue("Content-Range"))) {
      throw new IOException("the collector continues elsewhere than at byte " + size);
    }
    return bytes -> {
      requireRoom(folder);
      write(file, bytes);
    };
  }

  private boolean continues(Optional<String> contentRange) {
    Matcher range = CONTENT_RANGE.matcher(contentRange.orElse(""));
    return range.matches() && Long.parseLong(range.group(1)) == size;
  }

  private void startAgain(FileChannel file) throws IOException {
    try {
      file.truncate(0);
    } catch (IOException e) {
      throw new Problems.LocalFileException(e);
    }
    sha256.reset();
    size = 0;
    nextCheck = BYTES_BETWEEN_CHECKS;
  }

  /** An export has no length that is known, and must not fill the disk. */
  private void requireRoom(Path folder) throws IOException {
    if (size >= nextCheck) {
      nextCheck = size + BYTES_BETWEEN_CHECKS;
      if (freeBytes.applyAsLong(folder) < RESERVE_BYTES) {
        throw new CliFailure(
            CliException.failed(
                "the disk of "
                    + folder
                    + " has less than "
                    + (RESERVE_BYTES >> 20)
                    + " MiB left after "
                    + (size >> 20)
                    + " MiB of the download; nothing was kept",
                "make room there, or choose another --out"));
      }
    }
  }

  private void write(FileChannel file, ByteBuffer bytes) throws IOException {
    if (expected.size() >= 0 && bytes.remaining() > expected.size() - size) {
      throw new CliFailure(failedCheck("more than its " + expected.size() + " bytes came"));
    }
    sha256.update(bytes.duplicate());
    try {
      while (bytes.hasRemaining()) {
        size += file.write(bytes, size);
      }
    } catch (IOException e) {
      throw new Problems.LocalFileException(e);
    }
    progress.accept(size);
  }

  private Digest check() {
    Digest digest = Digest.of(sha256);
    if (expected.size() >= 0 && size != expected.size()) {
      throw failedCheck(size + " bytes came instead of " + expected.size());
    }
    if (expected.sha256() != null && !digest.equals(expected.sha256())) {
      throw failedCheck("sha-256 is " + digest + ", should be " + expected.sha256());
    }
    return digest;
  }

  private CliException failedCheck(String reason) {
    return new CliException(
        ExitStatus.VERIFICATION_FAILED,
        pathAndQuery + ": " + reason + "; nothing was kept",
        "get it again; `whorl evidence bag` checks the collector's own copy");
  }

  /** Passes one of our own exceptions through the HTTP client. */
  private static final class CliFailure extends IOException {
    CliFailure(CliException cause) {
      super(cause);
    }
  }
}
