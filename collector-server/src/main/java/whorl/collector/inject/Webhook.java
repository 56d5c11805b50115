package whorl.collector.inject;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.config.TlsFiles;
import whorl.collector.http.server.EdgeLimits;
import whorl.collector.http.server.HttpServer;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.Reload;

/**
 * The running webhook. It keeps nothing, so that any number of them can run. Certificate, key,
 * description and authority are read again when they change.
 */
public final class Webhook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

  /** They only compute; what is made of a review takes many times its length. */
  private static final int REVIEW_WORKERS = 2;

  /** With TLS and a head that is as large as may be, one takes up to 50 KiB of a small heap. */
  private static final int MAX_CONNECTIONS = 1_000;

  private static final int MAX_REQUEST_LINE_BYTES = 2 << 10;

  /** An API server sends some hundred bytes, and a token if it is to log in. */
  private static final int MAX_HEADER_BYTES = 8 << 10;

  private static final int MAX_WAITING = 512;

  /** Half of the heap: an API server may send some hundred reviews at once. */
  private static final int HELD_PARTS = 2;

  /**
   * An API server waits for a few seconds and keeps its connections: so a slow body ends early, and
   * an idle connection stays.
   */
  private static final EdgeLimits LIMITS =
      new EdgeLimits(
          new EdgeLimits.Sizes(
              MAX_CONNECTIONS,
              MAX_REQUEST_LINE_BYTES,
              MAX_HEADER_BYTES,
              1 << 10,
              1 << 10,
              1 << 10,
              EdgeLimits.Sizes.partOfHeap(HELD_PARTS)),
          new EdgeLimits.Times(
              Duration.ofSeconds(10),
              Duration.ofMinutes(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              64 << 10,
              Duration.ofSeconds(60),
              Duration.ofSeconds(5)),
          new EdgeLimits.Threads(1, 1, REVIEW_WORKERS, 1, MAX_WAITING));

  private final HttpServer server;
  private final AutoCloseable reload;

  private Webhook(HttpServer server, AutoCloseable reload) {
    this.server = server;
    this.reload = reload;
  }

  /**
   * Listens, and returns when requests are answered.
   *
   * @param description the JSON file that says what is injected
   * @param authority the collector's authority, PEM; null if the description needs none
   * @throws IOException that names the file or address, and the remedy
   */
  public static Webhook start(
      InetSocketAddress listen, TlsFiles tls, Path description, @Nullable Path authority)
      throws IOException {
    InjectionFiles files = new InjectionFiles(description, authority);
    Metrics metrics = new Metrics();
    Pulse pulse = new Pulse();
    InjectionRoutes routes = new InjectionRoutes(files::injector, pulse::problem, metrics);
    HttpServer server = HttpServer.listen(listen, tls, routes.routes(), LIMITS, metrics);
    pulse.server = server;
    AutoCloseable reload =
        new Reload()
            .with("certificates", server::reloadCertificates)
            .with("the description of the injection", files::reload)
            .register(metrics::gauge)
            .start();
    return new Webhook(server, reload);
  }

  /** Whether the event loops answer; the routes exist before the server does. */
  private static final class Pulse {
    private volatile @Nullable HttpServer server;

    @Nullable String problem() {
      HttpServer running = server;
      return running == null ? null : running.pulse().problem();
    }
  }

  /** The address, with the actual port. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Answers the requests that run, and ends. */
  @Override
  public void close() {
    server.close();
    try {
      reload.close();
    } catch (Exception e) {
      LOG.warn("reading the files again did not stop cleanly", e);
    }
  }
}
