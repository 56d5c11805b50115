package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import whorl.agent.config.AgentConfig;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.Transfer;
import whorl.agent.ship.tus.Uploader;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** An artifact uploaded from memory to a collector on loopback that stores nothing; a MiB each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UploadBenchmark {
  private static final int MEBIBYTES = 16;

  private final byte[] content = new byte[MEBIBYTES << 20];
  private Sink sink;
  private Network network;
  private Uploader uploader;
  private StoredEvidence evidence;

  @Setup
  public void connect() throws IOException {
    new Random(1).nextBytes(content);
    sink = Sink.start();
    network = Network.start(Thread::new);
    URI url = URI.create("http://127.0.0.1:" + sink.port());
    uploader =
        new Uploader(
            network,
            CollectorUrl.of(url),
            new Credentials(new AgentConfig.Collector(url, null, null, null, null, null)),
            Timeouts.NORMAL,
            (transfer, bytes) -> {});
    Artifact artifact =
        new Artifact(
            new ArtifactName("recording.jfr"),
            content.length,
            Digest.of(content),
            "application/x-jfr");
    Id id = Id.next(InstantSource.system());
    evidence =
        new StoredEvidence(
            id, id, id, List.of(new StoredEvidence.Entry(0, artifact, false)), true, new Memory());
  }

  @TearDown
  public void close() throws Exception {
    uploader.close();
    network.close(Duration.ofSeconds(1));
    sink.close();
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public Object mebibyte() throws InterruptedException {
    ShipResult result = uploader.ship(new Transfer(evidence));
    if (!(result instanceof ShipResult.Accepted)) {
      throw new IllegalStateException(result.toString());
    }
    return result;
  }

  /** The one artifact, in memory. */
  private final class Memory implements SpoolStorage.Entry {
    @Override
    public ArtifactReader open(int number) {
      return new ArtifactReader() {
        @Override
        public void read(long position, byte[] into, int length) {
          System.arraycopy(content, (int) position, into, 0, length);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public OutputStream create(int number) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void record(StoredEvidence.Entry entry) {}

    @Override
    public void remove(int number) {}

    @Override
    public void seal() {}

    @Override
    public Id agent() {
      return Id.next(InstantSource.system());
    }

    @Override
    public void delete() {}
  }
}
