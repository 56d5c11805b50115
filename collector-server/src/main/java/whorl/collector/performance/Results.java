package whorl.collector.performance;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.collector.thread.OneAtATime;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Results of one kind: made when somebody first asks for them, one at a time on a thread of this
 * object, and kept. So evidence of earlier versions has them too, and evidence that nobody opens
 * costs nothing. Several collectors that are asked at the same time each make their own; the
 * results are equal. Thread-safe.
 *
 * @param <T> what is made
 */
final class Results<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Results.class);
  private static final int WAITING_MAX = 64;
  private static final String RETRY_SECONDS = "2";

  private final EvidenceStore store;
  private final ResultStore kept;
  private final Maker<T> maker;
  private final Duration patience;
  private final ThreadPoolExecutor thread;
  private final Map<String, CompletableFuture<T>> inProgress = new ConcurrentHashMap<>();

  /**
   * What is kept.
   *
   * @param build of the recordings
   */
  private record Kept(int version, String build, JsonNode value) {}

  /**
   * @param patience how long a request waits for a result that is being made
   */
  Results(EvidenceStore store, ResultStore kept, Maker<T> maker, Duration patience) {
    this.store = store;
    this.kept = kept;
    this.maker = maker;
    this.patience = patience;
    this.thread = OneAtATime.named("whorl-" + maker.kind(), WAITING_MAX);
  }

  /**
   * The result of this evidence.
   *
   * @throws ProblemException 409 with {@code Retry-After} while it is being made, 503 if too many
   *     wait
   */
  T of(EvidenceRecord record) throws IOException {
    Recordings recordings = Recordings.of(record);
    String none = recordings.whyNone();
    if (none != null) {
      return maker.without(recordings, none);
    }
    String build = recordings.build();
    T found = read(record.id(), build);
    return found == null ? await(recordings, build) : found;
  }

  private T await(Recordings recordings, String build) throws IOException {
    Id evidence = recordings.record().id();
    CompletableFuture<T> future = started(evidence + "/" + build, recordings, build);
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new ProblemException(
          409,
          "recording is being read",
          "the recording of evidence " + evidence + " is being read; ask again",
          Map.of("Retry-After", RETRY_SECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IOException(
          "the recording of evidence " + evidence + " could not be read", e.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a recording was read", stopped);
    }
  }

  /** The work of this name, which is begun unless it is in progress. */
  private CompletableFuture<T> started(String name, Recordings recordings, String build) {
    CompletableFuture<T> created = new CompletableFuture<>();
    CompletableFuture<T> running = inProgress.putIfAbsent(name, created);
    if (running != null) {
      return running;
    }
    try {
      thread.execute(
          () -> {
            try {
              T made = make(recordings, build);
              inProgress.remove(name, created);
              created.complete(made);
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
              inProgress.remove(name, created);
              created.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException full) {
      inProgress.remove(name, created);
      created.completeExceptionally(
          new ProblemException(
              503, "too busy", "too many recordings wait to be read", Map.of("Retry-After", "5")));
    }
    return created;
  }

  private T make(Recordings recordings, String build) throws IOException, InterruptedException {
    Id evidence = recordings.record().id();
    T before = read(evidence, build);
    if (before != null) {
      return before;
    }
    long began = System.nanoTime();
    Maker.Made<T> made;
    try (OpenContents contents = new OpenContents(store)) {
      made = maker.make(recordings, contents);
    } catch (UnreadableContentException unreadable) {
      made = new Maker.Made<>(maker.without(recordings, unreadable.getMessage()), false);
    }
    LOG.info(
        "evidence {}: {} in {} ms",
        evidence,
        maker.kind(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    if (made.keep() && store.contains(evidence)) {
      byte[] json =
          Json.bytes(new Kept(maker.version(), build, Json.MAPPER.valueToTree(made.value())));
      kept.write(evidence, maker.kind(), name(build), json);
      if (!store.contains(evidence)) {
        kept.remove(evidence, maker.kind(), name(build)); // it was purged meanwhile
      }
    }
    return made.value();
  }

  private @Nullable T read(Id evidence, String build) throws IOException {
    byte[] json = kept.read(evidence, maker.kind(), name(build));
    if (json == null) {
      return null;
    }
    try {
      Kept found = Json.LENIENT.readValue(json, Kept.class);
      return found.version() == maker.version() && build.equals(found.build())
          ? Json.LENIENT.treeToValue(found.value(), maker.type())
          : null;
    } catch (JacksonException incompatible) {
      LOG.info("evidence {}: {} is made anew", evidence, maker.kind());
      return null;
    }
  }

  /** Two versions of the collector keep two results of the same recordings. */
  private String name(String build) {
    return maker.version() + "-" + build;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
