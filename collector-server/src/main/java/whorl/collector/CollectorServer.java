package whorl.collector;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.cli.server.ServeCommand;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.auth.SessionRoutes;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.auth.TokenAgreement;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.EdgeLimits;
import whorl.collector.http.server.HttpServer;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.DataLock;
import whorl.collector.maintenance.OrphanLibraries;
import whorl.collector.maintenance.OutageWait;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.maintenance.Reload;
import whorl.collector.offline.OpenedEvidence;
import whorl.collector.offline.OpenedRoutes;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.wiring.base.Readiness;

/**
 * A running collector: its data folder is locked, its parts are open, its server listens. It stops
 * in the reverse order.
 */
final class CollectorServer implements ServeCommand.Running {
  private static final Logger LOG = LoggerFactory.getLogger(CollectorServer.class);

  private final boolean encrypted;
  private final HttpServer edge;
  private final List<Route> routes;
  private final Readiness readiness;
  private final List<AutoCloseable> closing;

  private CollectorServer(
      boolean encrypted,
      HttpServer edge,
      List<Route> routes,
      Readiness readiness,
      List<AutoCloseable> closing) {
    this.routes = routes;
    this.encrypted = encrypted;
    this.edge = edge;
    this.readiness = readiness;
    this.closing = closing;
  }

  /**
   * Listens, recovers, and returns once all requests can be served.
   *
   * @param operatorMessages receives messages for the operator, such as the token made at the first
   *     start
   */
  static CollectorServer start(
      ServeConfig config, CollectorParts.Opener opener, Consumer<String> operatorMessages)
      throws IOException {
    return start(config, opener, operatorMessages, UnaryOperator.identity());
  }

  /** Serves evidence that a person opened, for reading only, until it is stopped. */
  static CollectorServer open(OpenedEvidence evidence) throws IOException {
    return start(
        evidence.config(),
        (config, metrics, readiness) -> {
          CollectorParts parts = Wiring.open(config, metrics, readiness);
          try {
            BagImport bags = parts.bags();
            if (bags == null) {
              throw new IllegalStateException("the wiring has an import of bags");
            }
            evidence.load(bags);
          } catch (IOException | RuntimeException e) {
            close(parts.closing());
            throw e;
          }
          return parts.with(OpenedRoutes.of(parts.routes(), evidence), OpenedRoutes::ofThisMachine);
        },
        message -> {});
  }

  /**
   * @param people gives callers with a token another access, for tests
   */
  static CollectorServer start(
      ServeConfig config,
      CollectorParts.Opener opener,
      Consumer<String> operatorMessages,
      UnaryOperator<Principal> people)
      throws IOException {
    Metrics metrics = new Metrics();
    Readiness readiness = new Readiness();
    ProcessMetrics.register(metrics, config.dataFolder(), readiness);
    List<Route> status = new StatusRoutes(metrics, readiness).routes();
    // listen first: if the address is in use, nothing must change on the disk
    HttpServer edge =
        HttpServer.listen(config.listen(), config.tls(), status, EdgeLimits.STANDARD, metrics);
    List<AutoCloseable> closing = new ArrayList<>();
    try {
      closing.add(DataLock.take(config.dataFolder()));
      OrphanLibraries.delete(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
      Tokens tokens = tokens(config, operatorMessages).with(people);
      readiness.setEdge(edge.pulse()::problem);
      CollectorParts collectorParts = open(config, opener, metrics, readiness, closing);
      List<Route> routes = new ArrayList<>(collectorParts.routes());
      routes.addAll(status);
      PageAccess access = collectorParts.access();
      Sessions sessions = access.sessions();
      metrics.gauge("whorl_sessions_open", "Logins at the page.", sessions::size);
      routes.addAll(new SessionRoutes(tokens, access, config.tls() != null).routes());
      edge.serve(
          new HttpServer.Served(
              collectorParts.scopes().guarded(routes).stream()
                  .map(collectorParts.outermost())
                  .toList(),
              collectorParts.channel(),
              tokens,
              sessions,
              collectorParts.agents(),
              access.people(),
              collectorParts.apiTokens()));
      sayHowAgentsProve(config, tokens);
      if (access.agreement() != null) {
        TokenAgreement agreement = access.agreement().apply(tokens);
        closing.add(0, PeriodicTasks.start("token-files", Duration.ofMinutes(1), agreement::check));
      }
      readiness.addRequired(
          () -> Files.isWritable(config.dataFolder()) ? null : "the data folder is not writable");
      readiness.recovered();
      closing.add(
          0,
          new Reload()
              .with("tokens", () -> reload(tokens, edge))
              .with("certificates", edge::reloadCertificates)
              .register(metrics::gauge)
              .start());
      return new CollectorServer(config.tls() != null, edge, routes, readiness, closing);
    } catch (IOException | RuntimeException e) {
      edge.close();
      close(closing);
      throw e;
    }
  }

  /** Reads the tokens file again, and ends the channels of tokens that are not in it any more. */
  private static boolean reload(Tokens tokens, HttpServer edge) throws IOException {
    boolean changed = tokens.reload();
    edge.closeChannelsOfRemoved(tokens);
    return changed;
  }

  /** Opens the parts, all of them anew if the database or the object store goes away meanwhile. */
  private static CollectorParts open(
      ServeConfig config,
      CollectorParts.Opener opener,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing)
      throws IOException {
    metrics.keepWhatIsRegistered();
    return new OutageWait(readiness::waitsFor)
        .open(
            closing,
            opened -> {
              metrics.forgetLater();
              readiness.startOver();
              CollectorParts parts = opener.open(config, metrics, readiness);
              opened.addAll(parts.closing());
              return parts;
            });
  }

  /** All routes that it serves. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  @Override
  public String url() {
    InetSocketAddress address = edge.address();
    String host = address.getAddress().getHostAddress();
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    return (encrypted ? "https://" : "http://")
        + (ipv6 ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }

  @Override
  public void drain(Duration time) {
    readiness.draining();
    if (time.isZero()) {
      return;
    }
    LOG.info("draining for {} s: not ready any more, and serving on", time.toSeconds());
    edge.drain();
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then it stops at once
    }
  }

  @Override
  public void stop() {
    LOG.info("stopping");
    edge.close();
    close(closing);
  }

  private static void sayHowAgentsProve(ServeConfig config, Tokens tokens) {
    if (config.agents().sharedToken() && tokens.hasSharedAgentToken()) {
      LOG.warn(
          "agents are accepted by a token that all of them share, the weakest proof: a thief who"
              + " has it can speak for any of them; docs/agent-identity.md has better ones, and"
              + " --no-shared-agent-token turns it off");
    }
  }

  private static Tokens tokens(ServeConfig config, Consumer<String> operatorMessages)
      throws IOException {
    if (config.tokensFile() != null) {
      return Tokens.read(config.tokensFile());
    }
    Path file = config.dataFolder().resolve("tokens");
    if (Files.exists(file)) {
      return Tokens.read(file);
    }
    Tokens.Made created = Tokens.make(file, new SecureRandom());
    LOG.info("tokens were made in {}", file);
    operatorMessages.accept(
        "tokens were made in " + file + ", which has them all; the responder's is printed once:");
    operatorMessages.accept(created.responder());
    return created.tokens();
  }

  private static void close(List<AutoCloseable> closing) {
    for (AutoCloseable part : closing) {
      try {
        part.close();
      } catch (Exception | Error e) {
        LOG.warn("a part of the collector did not stop cleanly", e);
      }
    }
  }
}
