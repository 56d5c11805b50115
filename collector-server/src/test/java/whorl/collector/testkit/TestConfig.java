package whorl.collector.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.PeopleLogin;
import whorl.collector.config.RecordsPlace;
import whorl.collector.config.Retain;
import whorl.collector.config.ServeConfig;
import whorl.collector.config.StormLimit;
import whorl.collector.config.TlsFiles;

/**
 * Settings of a collector in a test: those of {@code serve} without options, but on any free port
 * of this machine. Each method sets one of them and returns this object.
 */
public final class TestConfig {
  private final Path data;
  private int port;
  private @Nullable Path tokens;
  private @Nullable TlsFiles tls;
  private CustodyOptions custody = CustodyOptions.DEFAULT;
  private RecordsPlace records;
  private ObjectsPlace objects = new ObjectsPlace.Data();
  private boolean lake;
  private AgentAccess agents = AgentAccess.TOKENS;
  private @Nullable PeopleLogin people;
  private @Nullable Path notifyFile;

  private TestConfig(Path data) {
    this.data = data;
    this.records = new RecordsPlace.Folder(data);
  }

  /** Settings with this data folder. */
  public static TestConfig in(Path data) {
    return new TestConfig(data);
  }

  public TestConfig port(int chosen) {
    port = chosen;
    return this;
  }

  public TestConfig tokens(@Nullable Path file) {
    tokens = file;
    return this;
  }

  public TestConfig tls(@Nullable TlsFiles files) {
    tls = files;
    return this;
  }

  public TestConfig custody(CustodyOptions options) {
    custody = options;
    return this;
  }

  public TestConfig records(RecordsPlace place) {
    records = place;
    return this;
  }

  public TestConfig objects(ObjectsPlace place) {
    objects = place;
    return this;
  }

  /** All timelines are appended to one table, too. */
  public TestConfig lake() {
    lake = true;
    return this;
  }

  public TestConfig agents(AgentAccess access) {
    agents = access;
    return this;
  }

  public TestConfig people(PeopleLogin login) {
    people = login;
    return this;
  }

  public TestConfig notifyFile(Path file) {
    notifyFile = file;
    return this;
  }

  /** The settings as they are now. */
  public ServeConfig config() {
    return new ServeConfig(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        data,
        tokens,
        tls,
        32,
        64L << 30,
        new StormLimit(3, Duration.ofMinutes(10)),
        Duration.ofSeconds(90),
        Retain.EVERYTHING,
        custody,
        records,
        objects,
        lake,
        agents,
        people,
        notifyFile);
  }
}
