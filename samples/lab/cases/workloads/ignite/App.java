import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import whorl.lab.app.Web;

/** Counts in a cache. */
public class App {
  public static void main(String[] args) throws Exception {
    TcpDiscoveryVmIpFinder finder = new TcpDiscoveryVmIpFinder();
    finder.setAddresses(java.util.List.of("127.0.0.1:47500"));
    Ignite ignite =
        Ignition.start(
            new IgniteConfiguration()
                .setLocalHost("127.0.0.1")
                .setWorkDirectory(new java.io.File("ignite").getAbsolutePath())
                .setDiscoverySpi(new TcpDiscoverySpi().setIpFinder(finder)));
    IgniteCache<String, Integer> cache = ignite.getOrCreateCache("counts");
    Web.create()
        .on(
            "/work",
            request -> {
              Integer before = cache.get("a");
              cache.put("a", before == null ? 1 : before + 1);
              return ignite.compute().call(() -> 6 * 7) + " " + cache.get("a");
            })
        .start();
  }
}
