package whorl.collector.sql;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.store.disk.Modes;
import whorl.collector.timeline.StoredColumns;
import whorl.evidence.Json;

/**
 * Runs queries, each in a JVM of its own, on copies of the timelines' files: whatever a query does,
 * it does to those. Thread-safe.
 */
public final class SqlQueries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqlQueries.class);
  private static final long HEAP_BYTES = 192L << 20;
  private static final int AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration ABANDONED = Duration.ofHours(1);
  private static final String PREFIX = "query";

  /** The names that {@link #copied} gives. */
  private static final String COPIES = "[0-9]*-*";

  private static final int SQL_MAX_CHARS = 100_000;

  private final Path folder;
  private final LongSupplier freeBytes;
  private final ConfinedJvm confined;
  private final Duration patience;

  /** Taken before anything is copied: those that wait take no disk. */
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /**
   * @param folder for temporary files; used by this object only, and emptied now
   * @param freeBytes the free space there that may be used
   */
  public SqlQueries(Path folder, LongSupplier freeBytes) throws IOException {
    this(folder, freeBytes, PATIENCE);
  }

  /**
   * @param patience how long a query waits for its turn
   */
  SqlQueries(Path folder, LongSupplier freeBytes, Duration patience) throws IOException {
    this.patience = patience;
    this.folder = folder.toAbsolutePath();
    this.freeBytes = freeBytes;
    delete(this.folder);
    Files.createDirectories(this.folder, Modes.folder());
    this.confined = new ConfinedJvm(this.folder.resolve("jvms"), AT_ONCE, PATIENCE);
  }

  /** Answers a query over these pieces of evidence. */
  public SqlAnswer ask(String sql, List<SqlPiece> pieces, SqlLimits limits)
      throws IOException, InterruptedException {
    if (sql.isBlank() || sql.length() > SQL_MAX_CHARS) {
      return new SqlAnswer.Refused("sql has 1 to " + SQL_MAX_CHARS + " characters");
    }
    if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return new SqlAnswer.Busy(AT_ONCE + " queries are running");
    }
    try {
      return askNow(sql, pieces, limits);
    } finally {
      turns.release();
    }
  }

  private SqlAnswer askNow(String sql, List<SqlPiece> pieces, SqlLimits limits)
      throws IOException, InterruptedException {
    deleteAbandoned();
    Path work = Files.createTempDirectory(folder, PREFIX, Modes.folder());
    boolean found = false;
    try {
      SqlAnswer answer = ask(sql, pieces, limits, work);
      found = answer instanceof SqlAnswer.Found;
      return answer;
    } finally {
      if (!found) {
        delete(work);
      }
    }
  }

  private SqlAnswer ask(String sql, List<SqlPiece> pieces, SqlLimits limits, Path work)
      throws IOException, InterruptedException {
    SqlAnswer unable = prepare(sql, pieces, limits, work);
    if (unable != null) {
      return unable;
    }
    ConfinedRun run =
        ConfinedRun.of(SqlMain.class, List.of(work.toString()), HEAP_BYTES, limits.time())
            .quick()
            .outputMax(1 << 20);
    Outcome outcome = confined.run(run, line -> {});
    deleteCopies(work);
    return answer(outcome, work, limits);
  }

  /**
   * Writes the plan of a query, and copies of what it reads, for {@link SqlMain}.
   *
   * @return why there is no room for it; null if there is
   */
  @Nullable SqlAnswer prepare(String sql, List<SqlPiece> pieces, SqlLimits limits, Path work)
      throws IOException {
    long bytes = 0;
    for (SqlPiece piece : pieces) {
      for (Path file : files(piece)) {
        bytes += Files.size(file);
      }
    }
    if (bytes > limits.inputMaxBytes()) {
      return new SqlAnswer.TooExpensive(
          "the timelines have "
              + (bytes >> 20)
              + " MiB, and a query may read "
              + (limits.inputMaxBytes() >> 20)
              + "; name less evidence, or a shorter time");
    }
    if (freeBytes.getAsLong() < 2 * bytes) {
      return new SqlAnswer.Busy("the disk has no room for a copy of " + (bytes >> 20) + " MiB");
    }
    List<SqlPlan.Piece> planned = new ArrayList<>();
    for (SqlPiece piece : pieces) {
      planned.add(copied(piece, planned.size(), work));
    }
    SqlPlan plan =
        new SqlPlan(
            sql,
            planned,
            limits.rowsMax(),
            limits.resultMaxBytes(),
            limits.spillMaxBytes(),
            limits.memoryBytes(),
            limits.processMaxBytes(),
            limits.threads());
    Files.write(work.resolve(SqlPlan.FILE), Json.bytes(plan));
    return null;
  }

  private static void deleteCopies(Path work) throws IOException {
    try (DirectoryStream<Path> copies = Files.newDirectoryStream(work, COPIES)) {
      for (Path copy : copies) {
        Files.delete(copy);
      }
    }
  }

  /** Deletes results that nobody has fetched, because the connection was closed. */
  private void deleteAbandoned() throws IOException {
    FileTime before = FileTime.from(Instant.now().minus(ABANDONED));
    try (DirectoryStream<Path> works = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path work : works) {
        if (Files.getLastModifiedTime(work).compareTo(before) < 0) {
          delete(work);
        }
      }
    }
  }

  private static List<Path> files(SqlPiece piece) {
    List<Path> files = new ArrayList<>();
    if (piece.rows() != null) {
      files.addAll(piece.rows().files());
      files.add(piece.rows().folder().resolve(StoredColumns.STACKS));
      files.add(piece.rows().folder().resolve(StoredColumns.REQUESTS));
    }
    return files;
  }

  private static SqlPlan.Piece copied(SqlPiece piece, int number, Path work) throws IOException {
    List<String> rows = new ArrayList<>();
    for (Path file : files(piece)) {
      String name = number + "-" + file.getFileName();
      Files.copy(file, work.resolve(name));
      if (StoredColumns.isRows(String.valueOf(file.getFileName()))) {
        rows.add(name);
      }
    }
    return new SqlPlan.Piece(piece.evidenceRow(), piece.constants(), rows);
  }

  static SqlAnswer answer(Outcome outcome, Path work, SqlLimits limits) throws IOException {
    if (outcome instanceof Outcome.Ended ended && ended.well()) {
      Path problem = work.resolve(SqlPlan.PROBLEM);
      return Files.exists(problem)
          ? new SqlAnswer.Refused(Files.readString(problem))
          : new SqlAnswer.Found(SqlResult.of(work));
    }
    if (outcome instanceof Outcome.Refused refused) {
      return new SqlAnswer.Busy(refused.why());
    }
    LOG.info("a query ended: {}", outcome);
    return new SqlAnswer.TooExpensive(
        "the query was given up: "
            + (outcome instanceof Outcome.Ended ended
                    && ended.status() == Outcome.Ended.OUT_OF_MEMORY
                ? "it took more than " + (limits.processMaxBytes() >> 20) + " MiB of memory"
                : outcome.complaint(HEAP_BYTES))
            + "; name less evidence, or select less");
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isDirectory(file)) {
          delete(file);
        } else {
          Files.delete(file);
        }
      }
    }
    Files.delete(folder);
  }

  @Override
  public void close() throws IOException {
    confined.close();
  }
}
