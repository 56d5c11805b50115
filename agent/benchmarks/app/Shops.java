import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sample shop in several JVMs, each with the agent and with requests at times that are fixed. */
final class Shops implements AutoCloseable {
  private static final List<String> PATHS =
      List.of("/products?sort=price", "/cart/benchmark", "/invoices/view?file=2026-001.txt");

  private final List<Application> applications = new ArrayList<>();
  private final List<Path> folders = new ArrayList<>();
  private final List<PacedLoad> loads = new ArrayList<>();

  /**
   * Starts them one after the other.
   *
   * @param settings further variables of their environment
   */
  static Shops start(
      Path home,
      Path shop,
      int jvms,
      double requestsPerSecond,
      String collectorUrl,
      String agentToken,
      String service,
      Map<String, String> settings)
      throws IOException, InterruptedException {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(":")).map(Path::of).toList();
    Path invoices = Path.of("samples/shop/invoices").toAbsolutePath();
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SHOP_INVOICES", invoices.toString());
    environment.put("WHORL_COLLECTOR_URL", collectorUrl);
    environment.put("WHORL_COLLECTOR_TOKEN", agentToken);
    environment.put("WHORL_SERVICE_NAME", service);
    Shops shops = new Shops();
    try {
      for (int i = 0; i < jvms; i++) {
        Path folder = Files.createTempDirectory("shops");
        shops.folders.add(folder);
        Application application =
            new Application(
                Place.of(""),
                home,
                App.shop(shop),
                jars.get(0),
                Way.of("whorl"),
                jars,
                environment,
                List.of(invoices),
                folder);
        shops.applications.add(application);
        application.secondsToFirstAnswer();
        shops.loads.add(PacedLoad.begin(application.port, PATHS, requestsPerSecond));
      }
      return shops;
    } catch (IOException | InterruptedException e) {
      shops.close();
      throw e;
    }
  }

  /** The one that there is. */
  Application only() {
    return applications.get(0);
  }

  /** Processor time of all of them. */
  double cpuSeconds() throws IOException {
    double all = 0;
    for (Application application : applications) {
      all += application.cpuSeconds();
    }
    return all;
  }

  /** Ends the requests, and returns their latencies for {@link PacedLoad#between}. */
  List<PacedLoad> endLoads() throws IOException, InterruptedException {
    for (PacedLoad load : loads) {
      load.close();
    }
    List<PacedLoad> ended = List.copyOf(loads);
    loads.clear();
    return ended;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (PacedLoad load : loads) {
      load.close();
    }
    for (Application application : applications) {
      application.close();
    }
    for (Path folder : folders) {
      Application.delete(folder);
    }
  }
}
