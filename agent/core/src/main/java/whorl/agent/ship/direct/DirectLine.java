package whorl.agent.ship.direct;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.HttpConnection;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.TusAnswers;
import whorl.agent.ship.tus.TusClient;
import whorl.agent.ship.tus.UploadState;

/**
 * The connection of one {@link DirectUpload}; it reconnects after a failure. Its user waits for the
 * answers; any thread can close it to end the wait.
 */
final class DirectLine {
  private static final Logger log = LoggerFactory.getLogger(DirectLine.class);
  private static final long BUSY_MILLIS = 20;

  private final DirectTarget target;
  private final CollectorUrl url;
  private final Network network;
  private final Credentials credentials;
  private final Duration limit;
  private final TusClient tus;
  private final TusAnswers answers;
  private volatile @Nullable HttpConnection connection;

  /**
   * @param limit for one request and its answer, and for connecting
   */
  DirectLine(DirectTarget target, ThreadFactory threads, Duration limit) {
    this.target = target;
    this.limit = limit;
    url = target.url();
    network = Network.start(threads);
    credentials = new Credentials(target.collector());
    tus = new TusClient(url);
    answers = new TusAnswers(url);
  }

  DirectTarget target() {
    return target;
  }

  TusAnswers answers() {
    return answers;
  }

  /** Creates the upload; the answer may say to wait for a slot. */
  Answer create(DirectTarget what) throws IOException, InterruptedException {
    HttpConnection open = connected(limit);
    return open.await(tus.createDeferred(open, what), limit);
  }

  UploadState queryOffset(String path, Duration within) throws IOException, InterruptedException {
    HttpConnection open = connected(within);
    return answers.queried(open.await(tus.offset(open, path), within), path, Long.MAX_VALUE);
  }

  /** Sends the part of the chunk that the collector does not have; several may be under way. */
  CompletableFuture<Answer> append(String path, Chunk chunk, int from) {
    HttpConnection open = connection;
    return open == null
        ? CompletableFuture.failedFuture(new IOException("the connection is closed"))
        : tus.append(open, path, chunk, from);
  }

  /** Sends a chunk and waits for the answer. */
  UploadState appendNow(String path, Chunk chunk) throws IOException, InterruptedException {
    HttpConnection open = connected(limit);
    return answers.patched(open.await(tus.append(open, path, chunk, 0), limit), path, chunk.end());
  }

  /**
   * Terminates an upload, as well as possible.
   *
   * @return true if it no longer exists; false also if it is complete and kept
   */
  boolean terminateUpload(String path, Duration within) throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    try {
      for (Duration remaining = within; !remaining.isNegative(); remaining = remaining(end)) {
        HttpConnection open = connected(remaining);
        Answer answer = open.await(tus.terminate(open, path), remaining);
        if (answer.status() != 423) {
          return answer.status() == 204 || answer.status() == 404 || answer.status() == 410;
        }
        Thread.sleep(BUSY_MILLIS);
      }
    } catch (IOException e) {
      log.debug("artifact {} cannot be taken back from the collector", target.name(), e);
    }
    return false;
  }

  /** Closes the connection; the next request opens another. */
  void disconnect() {
    HttpConnection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  /** Closes the connection and ends the event loop's thread. */
  void close(Duration within) throws InterruptedException {
    disconnect();
    network.close(within);
  }

  private HttpConnection connected(Duration within) throws IOException, InterruptedException {
    HttpConnection open = connection;
    if (open == null || !open.isOpen()) {
      disconnect();
      open = HttpConnection.open(network, url, credentials, within);
      connection = open;
    }
    return open;
  }

  /** Describes why the upload cannot go on, with the collector's reason. */
  static String refusal(UploadState uploadState) {
    if (uploadState instanceof UploadState.End end) {
      ShipResult result = end.result();
      if (result instanceof ShipResult.Postponed later) {
        return "the collector does not take it now: " + later.reason();
      } else if (result instanceof ShipResult.Unauthorized no) {
        return "the collector refuses this agent, check collector.token: " + no.reason();
      } else if (result instanceof ShipResult.NotOurs no) {
        return "the collector does not take it from this agent: " + no.reason();
      } else if (result instanceof ShipResult.Rejected no) {
        return "the collector refuses it: " + no.reason();
      } else if (result instanceof ShipResult.Unreachable no) {
        return no.reason();
      }
      return "the evidence is sealed already";
    } else if (uploadState instanceof UploadState.Smaller smaller) {
      return "the collector, or a proxy before it, takes no more: " + smaller.reason();
    } else if (uploadState instanceof UploadState.Create lost) {
      return "the collector no longer has the upload: " + lost.reason();
    }
    return "the collector answered out of order: " + uploadState;
  }

  private static Duration remaining(long endNanos) {
    return Duration.ofNanos(endNanos - System.nanoTime());
  }
}
