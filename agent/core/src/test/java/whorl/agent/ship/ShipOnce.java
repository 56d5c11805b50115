package whorl.agent.ship;

import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.Id;

/**
 * A separate JVM that ships the content of a spool folder, with our classes in an isolated loader.
 * It prints nothing. Status: 0 shipped, 2 not shipped in time, 3 a system property changed, 4
 * anything else.
 */
public final class ShipOnce {
  private ShipOnce() {}

  /** Arguments: the collector's URL, the spool folder, and for TLS ca, certificate and key. */
  public static void main(String[] args) {
    Properties before = (Properties) System.getProperties().clone();
    int status = 4;
    try {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(":")) {
        path.add(Path.of(entry).toUri().toURL());
      }
      try (URLClassLoader isolated =
          new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
        Object shipped =
            isolated
                .loadClass(ShipOnce.class.getName())
                .getMethod("ship", String[].class)
                .invoke(null, (Object) args);
        // The JDK sets this property when a class, here of Jackson, first reads the time zone.
        before.remove("user.timezone");
        Properties after = (Properties) System.getProperties().clone();
        after.remove("user.timezone");
        status = !Boolean.TRUE.equals(shipped) ? 2 : before.equals(after) ? 0 : 3;
      }
    } catch (ReflectiveOperationException | java.io.IOException | RuntimeException e) {
      status = 4;
    }
    Runtime.getRuntime().halt(status);
  }

  /** Called through the isolated loader. */
  public static boolean ship(String[] args) throws Exception {
    Spool spool =
        Spool.inFolder(
            Path.of(args[1]),
            new SpoolOwner(new Id("agent-that-ships-once"), "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    boolean tls = args.length > 2;
    Shipper shipper =
        new Shipper(
            Samples.tls(
                URI.create(args[0]),
                tls ? Path.of(args[2]) : null,
                tls ? Path.of(args[3]) : null,
                tls ? Path.of(args[4]) : null),
            null,
            Samples.agentSelf(),
            new whorl.agent.redact.Redactor(java.util.List.of()),
            spool,
            request -> {},
            Thread::new,
            InstantSource.system());
    shipper.start();
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while ((spool.waiting() > 0 || !shipper.status().connected()) && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    shipper.close(Duration.ofSeconds(2));
    return spool.waiting() == 0 && shipper.status().connections() == 1;
  }

  /** The command line of such a JVM. */
  static List<String> command(Path java, List<String> options, @Nullable String... args) {
    return command(ShipOnce.class, java, options, args);
  }

  /** The command line of a JVM that runs {@code main}. */
  static List<String> command(
      Class<?> main, Path java, List<String> options, @Nullable String... args) {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
